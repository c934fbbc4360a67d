"""`manage.py synthesize TEMP-01`: a made-up machine, marked as such everywhere, with faults that are listed."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from aqi_project import clock
from ingestion.management.arguments import slug
from ingestion.models import Station
from ingestion.observation import Observation
from ingestion.recorded.synthetic import MINUTE, Synthetic, synthesize
from ingestion.storing.store import BATCH, store

SHORTEST = 19  # days, so that the faults find room


class Command(BaseCommand):
    help = "Make up a machine's temperature, a reading a minute, with faults. Written to var/synthetic/ as CSV as well."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("station", type=slug, help="slug of the station; created by this command")
        parser.add_argument(
            "--days", type=int, default=21, help=f"how many, up to now; at least {SHORTEST}, %(default)s by default"
        )
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed gives the same values; %(default)s by default"
        )

    def handle(self, *args: Any, station: str, days: int, seed: int, **options: Any) -> None:
        if days < SHORTEST:
            raise CommandError(f"--days must be {SHORTEST} at least: the faults need room.")
        found = self._station(station)
        made = synthesize(clock.now().replace(second=0, microsecond=0), days, seed)
        rows = zip(made.times, made.values.tolist(), strict=True)
        sent = [Observation(at, {"temperature": value}, found.provider) for at, value in rows if not np.isnan(value)]
        for first in tqdm(range(0, len(sent), BATCH), desc=f"Making up {station}", unit="batch"):
            store(found, sent[first : first + BATCH])
        path = write_csv(made, Path(settings.VAR_DIR) / "synthetic" / f"{station}.csv")
        self.stdout.write(f"{len(sent)} synthetic readings; with labels in {path}")
        for fault in made.faults:
            self.stdout.write(f"  {fault.kind:<12} {fault.start:%Y-%m-%d %H:%M} to {fault.end:%Y-%m-%d %H:%M} UTC")

    def _station(self, slug: str) -> Station:
        given = {"name": f"{slug} (synthetic)", "provider": Station.Provider.SYNTHETIC, "expected_interval": MINUTE}
        found, created = Station.objects.get_or_create(slug=slug, defaults={**given, "is_public": False})
        if not created:
            raise CommandError(f"There is a station {slug} already. Made-up readings need one of their own.")
        return found


def write_csv(made: Synthetic, path: Path) -> Path:
    """The readings as a file with the columns timestamp, value and label."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["timestamp", "value", "label"])
        for at, value in zip(made.times, made.values.tolist(), strict=True):
            if not np.isnan(value):
                rows.writerow([at.isoformat(), value, made.label(at)])
    return path
