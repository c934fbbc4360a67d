"""`manage.py train`: fit the models of one station or of all."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from detection.detectors import NotEnoughDataError
from detection.models import ModelVersion, Series
from detection.tasks import score_station
from detection.training import ensure_series, promote, train
from ingestion import schedules
from ingestion.models import Station


class Command(BaseCommand):
    help = "Train the series of a station and let the new versions serve."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("station", nargs="?", help="a station's slug; without it, all active stations")
        parser.add_argument("--missing", action="store_true", help="only series that no version serves yet")

    def handle(self, *args: Any, station: str | None, missing: bool, **options: Any) -> None:
        stations = Station.objects.filter(is_active=True)
        if station:
            stations = stations.filter(slug=station)
            if not stations:
                raise CommandError(f"There is no active station {station!r}.")
        wanted = [series for one in stations for series in ensure_series(one) if not (missing and series.champion)]
        for series in tqdm(wanted, desc="Training models", unit="series", disable=not wanted):
            self._train(series)
        schedules.ensure("Score what was left behind", "detection.tasks.score_all", minutes=1)
        for one in stations:
            score_station(one.slug)

    def _train(self, series: Series) -> None:
        reason = ModelVersion.Reason.MANUAL if series.champion else ModelVersion.Reason.FIRST
        try:
            version = train(series, reason)
        except NotEnoughDataError as error:
            self.stderr.write(f"{series.key}: {error}")
            return
        promote(series, version.number)
