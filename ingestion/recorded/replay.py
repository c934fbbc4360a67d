"""Recordings that a station plays as if they arrived now: the hours of Lahore that are shipped, or another station's.

A recording is moved by whole weeks, so that hours of the day and days of the week stay what they were; Lahore's by
whole years where it reaches that far, so that the season does too. What comes before the playing is stored as history.
"""

import csv
import gzip
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings

from aqi_project import clock
from aqi_project.clock import HOUR
from aqi_project.mongo import collection
from ingestion.models import Reading, Station
from ingestion.newest import newest_at
from ingestion.observation import Observation
from ingestion.providers.openweather.parse import COMPONENTS, read_item
from ingestion.recorded.playback import WEEK, Playback
from ingestion.storing.store import BATCH, SourceChangedError, store

YEAR = timedelta(weeks=52)
PLAYED = timedelta(days=14)  # how far behind the clock the playing of Lahore starts
HISTORY = timedelta(days=120)  # that training wants before it
FUTURE = timedelta(days=14)  # of the recording that should be left when the clock is reached
NAME = "replay"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
SHORTEST_WAIT = timedelta(seconds=0.02)


@cache
def sample() -> tuple[Observation, ...]:
    """The recorded hours of Lahore, read by OpenWeather's own parser; sorted by time."""
    with gzip.open(Path(settings.DATA_DIR) / "openweather_lahore_hourly.csv.gz", "rt", newline="") as file:
        return tuple(map(_observation, csv.DictReader(file)))


def _observation(row: dict[str, str]) -> Observation:
    components = {name: float(row[name]) for name in COMPONENTS if row[name]}
    found = read_item({"dt": int(datetime.fromisoformat(row["ts_utc"]).timestamp()), "components": components})
    return Observation(found.at, found.values, NAME, None, found.rejected)


def recorded(station: Station) -> Sequence[Observation]:
    """What the station plays: the readings of the station that its reference names, else Lahore's sample."""
    return readings_of(station.provider_ref) if station.provider_ref else sample()


def readings_of(slug: str) -> list[Observation]:
    """All stored readings of a station, sorted by time, as a recording."""
    found = collection(Reading).find({"station": slug}, {"_id": 0, "at": 1, "values": 1}).sort("at", 1)
    return [Observation(clock.aware(document["at"]), document["values"], NAME) for document in found]


def best_shift(now: datetime) -> timedelta:
    """How far Lahore's sample is moved so that it covers the weeks around `now`."""
    first, last = sample()[0].at, sample()[-1].at
    earliest, latest = now - last + FUTURE, now - first - PLAYED - HISTORY  # bounds of the shift
    years = -(-earliest // YEAR) * YEAR
    return years if years <= latest else -(-earliest // WEEK) * WEEK


def start(station: Station, shift: timedelta, begin: datetime, speed: float, now: datetime) -> None:
    """Fix by how much a station's recording is moved, and the moved time and speed from which it plays at `now`."""
    station.replay_shift, station.replay_from, station.replay_speed = shift, begin, speed
    station.replay_started_at = now
    station.save(update_fields=["replay_shift", "replay_from", "replay_speed", "replay_started_at"])


def start_sample(station: Station, now: datetime) -> None:
    """Play Lahore's sample from two weeks ago."""
    begin = (now - PLAYED).replace(minute=0, second=0, microsecond=0)
    start(station, best_shift(now), begin, HOUR.total_seconds() / settings.REPLAY_SECONDS_PER_HOUR, now)


def playback(station: Station) -> Playback:
    """How a station's recording is played."""
    return Playback(station.replay_shift, station.replay_started_at, station.replay_from, station.replay_speed)


def play_due(station: Station, recorded: Sequence[Observation]) -> int:
    """Store what is due of a recording and not yet there; returns how many readings came out.

    0 once the station has got a live source.
    """
    now = clock.now()
    due = playback(station).due(recorded, newest_at(station.slug) or BEGINNING, now)
    try:
        for first in range(0, len(due), BATCH):
            store(station, due[first : first + BATCH])
    except SourceChangedError:
        return 0
    Station.objects.filter(slug=station.slug).update(last_poll_at=now, last_poll_error="", last_poll_failure="")
    return len(due)


def wait_for_next(station: Station, recorded: Sequence[Observation]) -> timedelta | None:
    """How long until another reading is due; None after the last."""
    seconds = playback(station).seconds_to_next(recorded, clock.now())
    return None if seconds is None else max(timedelta(seconds=seconds), SHORTEST_WAIT)


def sleep(wait: timedelta) -> None:
    time.sleep(wait.total_seconds())
