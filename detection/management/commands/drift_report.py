"""`manage.py drift_report STATION --html FILE`: the drift check as pages to keep or to send, ours and Evidently's."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.loader import render_to_string

from detection.lifecycle import drawing
from detection.lifecycle.watch import drift_watch, evidently
from detection.lifecycle.watch.evidently import EvidentlyError
from ingestion.management.arguments import active_stations
from ingestion.newest import newest_at


class Command(BaseCommand):
    help = "Write a station's newest drift check as a page, and Evidently's page about the same months beside it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("station", help="a station's slug")
        parser.add_argument("--html", type=Path, required=True, help="the page; Evidently's is written beside it")

    def handle(self, *args: Any, station: str, html: Path, **options: Any) -> None:
        [place] = active_stations(station)
        if not html.absolute().parent.is_dir():
            raise CommandError(f"There is no folder {html.absolute().parent}. Make it, or name a file elsewhere.")
        drift_watch.check_station(station)
        reports = drift_watch.newest_reports(station)
        if not reports:
            raise CommandError(drift_watch.TOO_LITTLE)
        theirs = html.with_name(f"{html.stem}-evidently.html")
        written = self._evidently(station, theirs)
        drawn = [(report, drawing.months(report.plot)) for report in reports]
        context = {"station": place, "drawn": drawn, "evidently": theirs.name if written else ""}
        _write(html, render_to_string("detection/drift_report.html", context))
        self.stdout.write("\n".join(str(page) for page in (html, *([theirs] if written else []))))

    def _evidently(self, station: str, page: Path) -> bool:
        """Whether Evidently's page was written; the reason goes to the terminal where not."""
        newest = newest_at(station)
        assert newest is not None  # noqa: S101  (there are reports)
        try:
            evidently.write(*drift_watch.split(drift_watch.windows(station, newest), newest), page)
        except EvidentlyError as error:
            self.stderr.write(str(error))
            return False
        return True


def _write(page: Path, text: str) -> None:
    try:
        page.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{page} cannot be written: {error.strerror}.") from error
