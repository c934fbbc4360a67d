"""How many requests came in a minute, counted together by all processes, nearly without asking the database.

Each process counts by itself and adds what it has counted to the shared counter whenever that is a small share of the
limit, so that several processes together overshoot it by that share at most, and a request rarely waits for a write.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import time

from django.db import models
from pymongo import ReturnDocument

from aqi_project.mongo import collection
from aqi_project.mongodb.indexes import ExpiringIndex

MINUTE = 60.0  # seconds
SHARE = 20  # of a limit may be unknown to the other processes: a twentieth
MOST_CALLERS = 10_000  # remembered by one process
KEPT = timedelta(minutes=2)


class RequestCount(models.Model):
    """Requests of one caller in one minute."""

    name = models.CharField(max_length=120, unique=True)
    count = models.IntegerField(default=0)
    begun_at = models.DateTimeField()

    class Meta:
        indexes = [ExpiringIndex(fields=["begun_at"], name="request_count_expires", after=KEPT)]

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"


@dataclass(slots=True)
class Tally:
    """What this process knows of one caller in one minute: the shared count, and its own not yet added."""

    minute: int
    shared: int = 0
    own: int = 0


_tallies: dict[str, Tally] = {}
_lock = threading.Lock()


def wait_for(caller: str, limit: int) -> float | None:
    """Count one request. None where it is within `limit` a minute, else the seconds until the next minute."""
    now = time()
    minute = int(now // MINUTE)
    with _lock:
        tally = _tally(caller, minute)
        tally.own += 1
        due = tally.own if tally.own * SHARE >= limit and tally.shared <= limit else 0
        tally.own -= due
        tally.shared += due
    if due:
        shared = _add(f"{caller} {minute}", due, minute)
        with _lock:
            tally.shared = max(tally.shared, shared)
    return None if tally.shared + tally.own <= limit else MINUTE - now % MINUTE


def used_up(caller: str, limit: int) -> float | None:
    """Seconds until the next minute where this process knows of `limit` requests in this one; counts nothing."""
    now = time()
    tally = _tallies.get(caller)
    known = tally.shared + tally.own if tally and tally.minute == int(now // MINUTE) else 0
    return MINUTE - now % MINUTE if known >= limit else None


def _tally(caller: str, minute: int) -> Tally:
    tally = _tallies.get(caller)
    if tally is None or tally.minute != minute:
        if len(_tallies) >= MOST_CALLERS:
            _tallies.clear()
        tally = _tallies[caller] = Tally(minute)
    return tally


def _add(name: str, count: int, minute: int) -> int:
    begun_at = datetime.fromtimestamp(minute * MINUTE, UTC)
    found = collection(RequestCount).find_one_and_update(
        {"name": name},
        {"$inc": {"count": count}, "$setOnInsert": {"begun_at": begun_at}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return int(found["count"])
