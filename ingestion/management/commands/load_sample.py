"""`manage.py load_sample`: Lahore's station and the history that training needs."""

from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django_q.tasks import async_task
from tqdm import tqdm

from aqi_project import clock
from ingestion import replay, schedules
from ingestion.catalogue import ensure_pollutants
from ingestion.models import Reading, Station
from ingestion.providers.poll import poll
from ingestion.sources import access, choose, switch
from ingestion.store import store
from ingestion.tasks import history_job, take_in

LAHORE = {
    "name": "Lahore",
    "name_ur": "لاہور",
    "city": "lahore",
    "latitude": 31.55,
    "longitude": 74.34,
    "timezone": "Asia/Karachi",
}
BACKFILL = {"open_meteo": timedelta(days=92), "openweather": timedelta(days=365)}
CHUNK = timedelta(days=14)


class Command(BaseCommand):
    help = "Create Lahore's station and load the history that training needs. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        provider = choose()
        ensure_pollutants()
        station, _ = Station.objects.get_or_create(slug="lahore", defaults={**LAHORE, "provider": provider})
        switch(station, provider)
        if not Reading.objects.filter(station=station.slug).exists():
            self._load(station)
        schedules.ensure("Poll the stations", "ingestion.tasks.poll_stations", minutes=1)
        schedules.ensure("Play the recordings", "ingestion.tasks.play_recordings", minutes=1)
        async_task("ingestion.tasks.play_recordings" if station.is_recording else "ingestion.tasks.poll_stations")
        self.stdout.write(f"Lahore's readings come from: {station.get_provider_display()}.")

    def _load(self, station: Station) -> None:
        now = clock.now()
        if station.is_recording:
            replay.start(station, now)
            first, last = replay.history_start(station), station.replay_from
        else:
            first, last = now - BACKFILL[station.provider], now
        with tqdm(total=(last - first) // CHUNK + 1, desc="Loading readings", unit="fortnight") as bar:
            while first <= last:
                self._load_chunk(station, first, min(first + CHUNK, last))
                first += CHUNK
                bar.update()

    def _load_chunk(self, station: Station, first: datetime, last: datetime) -> None:
        if station.is_recording:
            store(station, list(replay.between(station, first, last)))
            return
        for result in poll([history_job(station, first, last)], access()):
            take_in(station, result)
            if result.error is not None:
                self.stderr.write(str(result.error))
