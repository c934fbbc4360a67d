"""`manage.py backfill STATION --from 2025-01-01`: ask the provider for what is missing of a span."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from aqi_project import clock
from ingestion.asking.backfill import Filled, fill, missing
from ingestion.asking.questions import POLLED
from ingestion.management.arguments import moment, station_called


class Command(BaseCommand):
    help = (
        "Ask a station's provider for the readings that are missing. Stop it whenever you like: it goes on from there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("station", help="the station's slug")
        parser.add_argument("--from", dest="first", required=True, type=moment, help="2025-01-01 or a time, UTC")
        parser.add_argument("--to", dest="last", type=moment, help="the first moment that is left out; now by default")

    def handle(self, *args: Any, station: str, first: datetime, last: datetime | None, **options: Any) -> None:
        found = station_called(station)
        last = min(last or clock.now(), clock.now())
        if found.provider not in POLLED:
            raise CommandError(f"{station} gets its readings from nobody who can be asked: {found.provider}.")
        if first >= last:
            raise CommandError(f"--from ({first:%Y-%m-%d}) must lie before --to ({last.astimezone(UTC):%Y-%m-%d}).")
        spans = missing(found, first, last)
        came = 0
        with tqdm(total=len(spans), desc=f"Backfilling {station}", unit="span") as bar:
            for filled in fill(found, spans):
                came += filled.readings
                self._say(filled)
                bar.update()
                bar.set_postfix(readings=came, until=f"{filled.span[1]:%Y-%m-%d}")
        self.stdout.write(
            f"{came} readings are new or corrected; {len(missing(found, first, last))} spans still have gaps."
        )

    def _say(self, filled: Filled) -> None:
        if filled.permanent:
            raise CommandError(filled.error)
        if filled.error:
            tqdm.write(f"{filled.span[0]:%Y-%m-%d}: {filled.error} Run the command again for it.")
