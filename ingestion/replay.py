"""Playing the recorded hours of Lahore as if they arrived now, an hour every few seconds.

The recording is moved by whole weeks, so that hours of the day and days of the week stay what they were, and by whole
years where it reaches that far, so that the season does too. Everything up to two weeks ago is loaded as history; from
there the recording plays fast until it has caught up with the clock, and then hour by hour.
"""

import csv
import gzip
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings

from aqi_project import clock
from ingestion.models import Station
from ingestion.observation import Observation
from ingestion.providers.openweather.parse import read_item

HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)
YEAR = timedelta(weeks=52)
PLAYED = timedelta(days=14)  # how far behind the clock the playing starts
HISTORY = timedelta(days=120)  # that training wants before it
FUTURE = timedelta(days=14)  # of the recording that should be left when the clock is reached
COMPONENTS = ("co", "no", "no2", "o3", "so2", "pm2_5", "pm10", "nh3")


@cache
def recording() -> dict[datetime, dict[str, object]]:
    """Recorded hours as OpenWeather's items, by their time."""
    with gzip.open(recording_path(), "rt", newline="") as file:
        return dict(map(_item, csv.DictReader(file)))


def recording_path() -> Path:
    return Path(settings.DATA_DIR) / "openweather_lahore_hourly.csv.gz"


def _item(row: dict[str, str]) -> tuple[datetime, dict[str, object]]:
    at = datetime.fromisoformat(row["ts_utc"])
    components = {name: float(row[name]) for name in COMPONENTS if row[name]}
    return at, {"dt": int(at.timestamp()), "components": components}


def best_shift(now: datetime) -> timedelta:
    """How far the recording is moved so that it covers the weeks around `now`."""
    first, last = min(recording()), max(recording())
    earliest, latest = now - last + FUTURE, now - first - PLAYED - HISTORY  # bounds of the shift
    years = -(-earliest // YEAR) * YEAR
    return years if years <= latest else -(-earliest // WEEK) * WEEK


def start(station: Station, now: datetime) -> None:
    """Fix the shift and the moment from which the recording is played."""
    station.replay_shift = best_shift(now)
    station.replay_started_at = now
    station.replay_from = (now - PLAYED).replace(minute=0, second=0, microsecond=0)
    station.save(update_fields=["replay_shift", "replay_started_at", "replay_from"])


def present(station: Station) -> datetime:
    """Now, as the station has it: for a recording, the hour that is being played."""
    now = clock.now()
    return position(station, now) if station.is_recording and station.replay_started_at else now


def position(station: Station, now: datetime) -> datetime:
    """The newest hour that has been played at `now`: never later than the clock."""
    played = (now - station.replay_started_at).total_seconds() / settings.REPLAY_SECONDS_PER_HOUR
    return min(station.replay_from + int(played) * HOUR, now.replace(minute=0, second=0, microsecond=0))


def seconds_to_next(station: Station, now: datetime) -> float:
    """How long until the next hour is due, while the recording is catching up; else a full hour at most."""
    if position(station, now) + HOUR > now:
        return (position(station, now) + HOUR - now).total_seconds()
    played = (now - station.replay_started_at).total_seconds()
    return settings.REPLAY_SECONDS_PER_HOUR - played % settings.REPLAY_SECONDS_PER_HOUR


def between(station: Station, first: datetime, last: datetime) -> Iterator[Observation]:
    """Recorded hours with first ≤ at ≤ last, moved to the station's time, through the provider's own parser."""
    shift = station.replay_shift
    for at, item in recording().items():
        if first <= at + shift <= last:
            yield read_item({**item, "dt": int((at + shift).timestamp())})


def history_start(station: Station) -> datetime:
    """The first hour of the recording in the station's time."""
    return min(recording()) + station.replay_shift
