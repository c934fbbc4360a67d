"""`manage.py import_csv FILE --station TEMP-01 --time timestamp --value value --unit °C`: readings of any sensor."""

from argparse import ArgumentParser
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from aqi_project import clock
from ingestion.management.arguments import moment, slug, span, zone
from ingestion.models import Station
from ingestion.observation import Observation
from ingestion.providers.csv.client import FileRow, read
from ingestion.providers.csv.layout import Clock, LayoutError
from ingestion.recorded.files import Tally, count_rows, ensure_station, first_usable, store_rows
from ingestion.storing.repeat_habits import learn, learn_from


class Command(BaseCommand):
    help = "Import a CSV file, or a folder of them, as the readings of one station. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a .csv or .csv.gz file, or a folder of them")
        parser.add_argument("--station", required=True, type=slug, help="its slug; created where it is missing")
        parser.add_argument("--time", default="", help="the column with the time")
        parser.add_argument("--format", default="", help="of the time, as strptime has it; ISO 8601 by default")
        parser.add_argument(
            "--zone", type=zone, default=ZoneInfo("UTC"), help="of times without an offset; %(default)s by default"
        )
        parser.add_argument(
            "--value", nargs="*", default=[], help="columns of values; all that hold numbers by default"
        )
        parser.add_argument("--unit", default="", help="of columns whose title names none in brackets: °C, K, ppb …")
        parser.add_argument("--every", type=span, help="for a file without times: the interval, such as 1min")
        parser.add_argument("--start", type=moment, help="for a file without times: the first row's time")

    def handle(self, *args: Any, file: Path, station: str, **options: Any) -> None:
        times = Clock(options["time"], options["format"], options["zone"], options["every"], options["start"])
        try:
            rows = partial(read, file, times, options["value"], options["unit"])
            found = ensure_station(station, first_usable(rows()), options["every"], str(options["zone"]))
            if not found.habits:
                learn_from(found, (one for _, one in rows() if isinstance(one, Observation)))
            tally = self._store(found, file, rows())
        except LayoutError as error:
            raise CommandError(str(error)) from None
        learn(found)
        self._report(found, tally)

    def _store(self, station: Station, file: Path, rows: Iterator[FileRow]) -> Tally:
        with tqdm(total=count_rows(file), desc=f"Importing into {station.slug}", unit="row") as bar:
            return store_rows(station, rows, bar.update)

    def _report(self, station: Station, tally: Tally) -> None:
        self.stdout.write(
            f"{station.slug}: {tally.new} readings are new, {tally.corrected} corrected, {tally.known} were known; "
            f"{tally.rejected} rows could not be used (Administration, Rejected items). "
            f"One reading each {clock.span_words(station.expected_interval)}. "
            f"Next: manage.py train {station.slug}"
        )
