"""`manage.py train`: fit the models of one station or of all."""

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from tqdm import tqdm

from detection.lifecycle.training import runs
from detection.lifecycle.training.fitting import FEWEST_READINGS, ensure_series
from detection.lifecycle.training.forked import Forked
from detection.management.account import account_name
from detection.management.tables import as_json, as_table
from detection.models import ModelVersion, Series, TrainingRun
from detection.schedule import ensure_schedules
from detection.tasks import score_station
from ingestion.management.arguments import active_stations
from ingestion.models import Station

TOO_LITTLE = (
    f"{{}}: there is nothing to train. A variable needs {FEWEST_READINGS} readings that are not in doubt (two weeks of "
    "hours), and some of them lately."
)
PROCESSES = min(2, os.cpu_count() or 1)  # each takes half a gigabyte
IN_OTHER_HANDS = "A worker is training it already; “manage.py models” will show what became of it."
DATABASE_LOST = "The database went away meanwhile. A worker trains it anew within two minutes."


class Command(BaseCommand):
    help = "Train the series of a station, or of all stations; what passes the gate serves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("station", nargs="?", help="a station's slug; without it, all active stations")
        parser.add_argument("--all", action="store_true", help="all active stations, said plainly")
        parser.add_argument("--missing", action="store_true", help="only series that no version serves yet")
        parser.add_argument(
            "--workers",
            type=int,
            default=PROCESSES,
            help="processes that train beside each other; %(default)s by default",
        )
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, station: str | None, **options: Any) -> None:
        if station and options["all"]:
            raise CommandError("Name one station or say --all, not both.")
        if options["workers"] < 1:
            raise CommandError("--workers must be 1 or more.")
        stations = active_stations(station)
        if not stations:
            self.stderr.write("No station is active, so nothing is trained. Add one in the admin.")
        asked = [_asked(series) for series in self._wanted(stations, options["missing"])]
        try:
            rows = [row(run) for run in self._done([run for run, _ in asked], options["workers"])]
        except KeyboardInterrupt:  # or a worker would take up within minutes what still waits
            runs.withdraw(run for run, is_new in asked if is_new)
            raise
        self._report(rows, options)
        ensure_schedules()
        for one in stations:
            score_station(one.slug)
        if not options["missing"]:  # that is asked for at a start, which goes on
            _refuse_what_came_to_nothing(rows)

    def _wanted(self, stations: list[Station], missing: bool) -> Iterator[Series]:
        """The series to train; says at which stations there is none."""
        for station in stations:
            found = ensure_series(station)
            if not (found or missing):
                self.stderr.write(TOO_LITTLE.format(station.slug))
            yield from (series for series in found if not (missing and series.champion))

    def _done(self, asked: list[TrainingRun], workers: int) -> Iterator[TrainingRun]:
        """The runs as they end."""
        bar = tqdm(total=len(asked), desc="Training models", unit="series", disable=not asked)
        with bar, ThreadPoolExecutor(workers) as pool:
            for run in pool.map(_trained, asked):
                bar.update()
                yield run

    def _report(self, rows: list[dict[str, Any]], options: dict[str, Any]) -> None:
        for found in rows:
            if said := _not_done(found):
                self.stderr.write(f"{found['series']}: {said}")
        if options["json"]:
            self.stdout.write(as_json(rows))
        elif rows and options["verbosity"]:
            self.stdout.write(as_table(rows, ""))


def _refuse_what_came_to_nothing(rows: list[dict[str, Any]]) -> None:
    failed = sum(found["state"] == TrainingRun.State.FAILED for found in rows)
    if failed:
        raise CommandError(f"{failed} of {len(rows)} trainings failed.")
    if not rows:
        raise CommandError("Nothing was trained.")


def _asked(series: Series) -> tuple[TrainingRun, bool]:
    """The series' waiting run, and whether it is ours."""
    reason = ModelVersion.Reason.MANUAL if series.champion else ModelVersion.Reason.FIRST
    return runs.ask(series, reason, "manage.py train", who=account_name())


def _trained(run: TrainingRun) -> TrainingRun:
    """The run as it ended, in a process of its own; as it is where a worker is at the series: that goes on."""
    was_here = runs.execute(str(run.pk), trainer=Forked)
    run.refresh_from_db()
    if was_here and run.state in TrainingRun.OPEN:
        run.outcome = DATABASE_LOST  # told and not stored: it has not come to its end
    close_old_connections()
    return run


def _not_done(found: dict[str, Any]) -> str | None:
    """What a person should know of a run that has not come to a good end."""
    if found["state"] == TrainingRun.State.FAILED:
        return str(found["outcome"])
    return found["outcome"] or IN_OTHER_HANDS if found["state"] in TrainingRun.OPEN else None


def row(run: TrainingRun) -> dict[str, Any]:
    return {
        "series": run.series,
        "state": run.state,
        "trained": run.state == TrainingRun.State.DONE,
        "version": run.version,
        "serves": run.promoted,
        "seconds": run.seconds,
        "outcome": run.outcome,
    }
