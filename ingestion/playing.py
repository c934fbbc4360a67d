"""Letting recordings come out: what is due is stored, once, whoever plays and however often it was stopped."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from aqi_project import clock
from ingestion import replay
from ingestion.models import Station
from ingestion.newest import newest_at
from ingestion.observation import Observation
from ingestion.store import SourceChangedError, store

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST_BATCH = 5_000  # readings stored at once, where playing has fallen behind or begins with a history
SHORTEST_WAIT = timedelta(seconds=0.02)


def play_due(station: Station, recorded: Sequence[Observation]) -> int:
    """Store what is due of a recording and not yet there; returns how many readings came out.

    0 once the station has got a live source.
    """
    now = clock.now()
    due = replay.playback(station).due(recorded, newest_at(station.slug) or BEGINNING, now)
    try:
        for first in range(0, len(due), LARGEST_BATCH):
            store(station, due[first : first + LARGEST_BATCH])
    except SourceChangedError:
        return 0
    Station.objects.filter(slug=station.slug).update(last_poll_at=now, last_poll_error="", last_poll_failure="")
    return len(due)


def wait_for_next(station: Station, recorded: Sequence[Observation]) -> timedelta | None:
    """How long until another reading is due; None after the last."""
    seconds = replay.playback(station).seconds_to_next(recorded, clock.now())
    return None if seconds is None else max(timedelta(seconds=seconds), SHORTEST_WAIT)


def sleep(wait: timedelta) -> None:
    time.sleep(wait.total_seconds())
