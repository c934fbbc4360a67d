"""`python -m tests.faults.prepare STATIONS SPEED`: stations that play the recording so fast, and a rule that tells.

Beside them stands `known`, which gets no readings any more and has models, so that predictions have an answer.
"""

import os
import sys
from datetime import timedelta

import django

PLAYED = timedelta(days=40)  # an hour and a half at 600 times the clock's speed
BEFORE = timedelta(days=2)  # of history, for averages
RULE = {"condition": "limit", "limits": [101, 201, 301], "cooldown": timedelta(hours=6)}


def main(stations: int, speed: float) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
    django.setup()
    from django.core.management import call_command

    from alerts.models import Rule
    from aqi_project.queue import schedules
    from detection.schedule import ensure_schedules
    from ingestion.storing.catalogue import ensure_pollutants

    ensure_pollutants()
    for number in range(stations):
        _play(f"s{number}", speed)
    _know("known")
    schedules.ensure("Poll the stations", "ingestion.tasks.poll_stations", minutes=1)
    schedules.ensure("Play the recordings", "ingestion.tasks.play_recordings", minutes=1)
    ensure_schedules()
    call_command("seed_alerts")
    Rule.objects.update(is_active=False)
    Rule.objects.create(slug="bad-air", name="Bad air", **RULE)


def _play(slug: str, speed: float) -> None:
    from aqi_project import clock
    from ingestion.models import Station
    from ingestion.recorded import replay
    from ingestion.recorded.playback import Playback
    from ingestion.storing.store import store

    now = clock.now()
    begin = (now - PLAYED).replace(minute=0, second=0, microsecond=0)
    station = Station.objects.create(slug=slug, name=slug, city="lahore", provider=Station.Provider.REPLAY)
    replay.start(station, replay.best_shift(now), begin, speed, now)
    history = Playback(station.replay_shift, begin, begin, speed)
    store(station, history.due(replay.sample(), begin - BEFORE, begin))


def _know(slug: str) -> None:
    from tests import factories as make

    make.make_station(slug=slug, provider="push", is_active=False)
    make.make_readings(slug, scored_revision=1)
    for code in make.VARIABLES:
        make.make_band(f"{slug}/{code}", make.this_hour())


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
