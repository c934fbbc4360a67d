"""`manage.py load_sample`: Lahore's station and the history that training needs."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django_q.tasks import async_task
from tqdm import tqdm

from aqi_project import clock
from ingestion.asking import backfill
from ingestion.asking.choice import choose
from ingestion.models import City, Reading, Station
from ingestion.newest import newest_at
from ingestion.recorded import replay
from ingestion.recorded.playback import Playback
from ingestion.schedule import ensure_schedules
from ingestion.storing.aside import switch
from ingestion.storing.catalogue import ensure_pollutants
from ingestion.storing.repeat_habits import learn
from ingestion.storing.store import store

LAHORE = {
    "name": "Lahore",
    "name_ur": "لاہور",
    "city": "lahore",
    "latitude": 31.55,
    "longitude": 74.34,
    "timezone": "Asia/Karachi",
}
BACKFILL = {"open_meteo": timedelta(days=92), "openweather": timedelta(days=365)}
CHUNK = 1_000  # readings of the recording stored at once
BAR = {"desc": "Loading readings", "delay": 2}  # no bar for what takes less than two seconds


class Command(BaseCommand):
    help = "Create Lahore's station and load the history that training needs. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_pollutants()
        for city in set(Station.objects.exclude(city="").values_list("city", flat=True)):
            City.ensure(city)
        known = Station.objects.filter(slug="lahore").first()
        if known is None and Station.objects.exists():  # an admin has deleted it: it must not come back at each start
            ensure_schedules()
            self.stdout.write("Other stations are watched; Lahore, which was deleted, stays away.")
            return
        provider = choose(known.provider if known else "")
        station, _ = Station.objects.get_or_create(slug="lahore", defaults={**LAHORE, "provider": provider})
        switch(station, provider)
        if station.is_recording:
            self._load_recording(station)
        elif provider in BACKFILL and not Reading.objects.filter(station=station.slug).exists():
            self._ask_for_history(station)
        if not station.habits:
            learn(station)
        ensure_schedules()
        async_task("ingestion.tasks.play_recordings" if station.is_recording else "ingestion.tasks.poll_stations")
        self.stdout.write(f"Lahore's readings come from: {station.get_provider_display()}.")

    def _load_recording(self, station: Station) -> None:
        """Store what comes before the playing; what an interrupted start has left out is stored now."""
        if station.replay_started_at is None:
            replay.start_sample(station, clock.now())
        newest, begin = newest_at(station.slug), station.replay_from
        if newest is not None and newest >= begin:
            return
        history = Playback(station.replay_shift, begin, begin, station.replay_speed)
        due = history.due(replay.sample(), newest or replay.sample()[0].at - clock.HOUR, begin)
        for first in tqdm(range(0, len(due), CHUNK), **BAR, unit="thousand"):
            store(station, due[first : first + CHUNK])

    def _ask_for_history(self, station: Station) -> None:
        """What stays missing here is asked for again by the scheduled search for gaps."""
        now = clock.now()
        spans = backfill.missing(station, now - BACKFILL[station.provider], now)
        for filled in tqdm(backfill.fill(station, spans), **BAR, total=len(spans), unit="fortnight"):
            if filled.error:
                self.stderr.write(filled.error)
