"""`manage.py drift [STATION]`: does each series still behave as it did?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from detection.lifecycle.watch import drift_watch
from detection.management.tables import as_json, as_table
from detection.models import DriftReport
from ingestion.management.arguments import active_stations


class Command(BaseCommand):
    help = "Check the series of a station, or of all, for drift; a day's check that was done is shown as it was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("station", nargs="?", help="a station's slug; without it, all active stations")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, station: str | None, **options: Any) -> None:
        stations = active_stations(station)
        for place in stations:
            drift_watch.check_station(place.slug)
        rows = [row(report) for place in stations for report in drift_watch.newest_reports(place.slug)]
        self.stdout.write(as_json(rows) if options["json"] else as_table(rows, drift_watch.TOO_LITTLE))


def row(report: DriftReport) -> dict[str, Any]:
    return {
        "series": report.series,
        "day": f"{report.day}",
        "verdict": report.verdict,
        "new": report.is_new,
        "since": report.since,
        "factor": report.factor,
        "sentence": report.sentence,
    }
