"""The rate limits of a provider, counted in the database for all processes together and by its clock.

A limit's span is counted in slots. A request gets its turn where the newest slots, one span and a slot more, hold fewer
requests than the limit; so no window of that length ever holds too many, and the document stays small. Each decision is
one update of one document, which decides and counts at once.
"""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Any

import pymongo
from pymongo import ReturnDocument, WriteConcern
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, PyMongoError

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.models import RequestCount
from ingestion.providers.base import Source
from ingestion.providers.errors import Kind, NotAskedError
from ingestion.providers.limits import Limit

SLOTS = 30  # of a limit's span
PATIENCE = 5.0  # seconds for the database to answer
SHORTEST_WAIT = 0.01  # seconds
Document = dict[str, Any]
Expression = Any


class SharedLimiter:
    """The turns of one provider. Takes part while all processes together have used less than `share` of each limit."""

    def __init__(self, source: Source, share: float = 1.0) -> None:
        self._source = source
        self._caps = [(limit, max(1, int(share * limit.count))) for limit in source.limits]

    async def take(self) -> float:
        """0 where a request may leave now, and is counted; else seconds until asking again makes sense."""
        try:
            return await asyncio.to_thread(self._take)
        except PyMongoError:
            sentence = f"Not asked: the database that counts requests to {self._source.label} does not answer."
            raise NotAskedError(Kind.UNAVAILABLE, self._source.name, sentence) from None

    async def pause(self, seconds: float) -> None:
        """Let nobody ask for so long. Where the database is away, nobody asks anyway."""
        with suppress(PyMongoError):
            await asyncio.to_thread(self._update, [{"$set": {"paused_until": _later(seconds)}}])

    def _take(self) -> float:
        found = self._update(_pipeline(self._caps))
        return 0.0 if found["granted"] else max([SHORTEST_WAIT, *self._waits(found)])

    def _update(self, pipeline: list[Document]) -> Document:
        ask = {"provider": self._source.name}
        with pymongo.timeout(PATIENCE):
            try:
                return _update(ask, pipeline)
            except DuplicateKeyError:  # two processes have asked for the first time
                return _update(ask, pipeline)

    def _waits(self, found: Document) -> list[float]:
        now: datetime = found["asked_at"]
        paused = found.get("paused_until") or now
        return [(paused - now).total_seconds(), *(_until_free(found, limit, cap) for limit, cap in self._caps)]


def _update(ask: Document, pipeline: list[Document]) -> Document:
    counts: Collection[Document] = collection(RequestCount).with_options(write_concern=WriteConcern(w=1))
    return counts.find_one_and_update(ask, pipeline, upsert=True, return_document=ReturnDocument.AFTER)


def _pipeline(caps: list[tuple[Limit, int]]) -> list[Document]:
    """Forget slots that are over, grant one request where each limit has room, and count it."""
    fresh = {_path(limit): _fresh(limit) for limit, _ in caps}
    room = [{"$lt": [{"$sum": f"${_path(limit)}.count"}, cap]} for limit, cap in caps]
    granted = {"$and": [{"$not": [{"$gt": ["$paused_until", "$$NOW"]}]}, *room]}
    counted = {_path(limit): {"$cond": ["$granted", _one_more(limit), f"${_path(limit)}"]} for limit, _ in caps}
    steps = [{"asked_at": "$$NOW", **fresh}, {"granted": granted}, counted]
    return [{"$set": step} for step in steps if step]


def _path(limit: Limit) -> str:
    return f"recent.per_{limit.per.total_seconds():.0f}"


def _width(limit: Limit) -> float:
    """Milliseconds of a slot."""
    return limit.per.total_seconds() * 1000 / SLOTS


def _slot(limit: Limit) -> Expression:
    return {"$floor": {"$divide": [{"$toLong": "$$NOW"}, _width(limit)]}}


def _fresh(limit: Limit) -> Expression:
    """The slots that count; one that lies further ahead than any is of a clock that has been set back since."""
    newer = {"$gte": ["$$this.slot", {"$subtract": [_slot(limit), SLOTS + 1]}]}
    possible = {"$lte": ["$$this.slot", {"$add": [_slot(limit), SLOTS]}]}
    return {"$filter": {"input": {"$ifNull": [f"${_path(limit)}", []]}, "cond": {"$and": [newer, possible]}}}


def _one_more(limit: Limit) -> Expression:
    mine = {"$eq": ["$$this.slot", _slot(limit)]}
    others = {"$filter": {"input": f"${_path(limit)}", "cond": {"$not": [mine]}}}
    so_far = {"$map": {"input": f"${_path(limit)}", "in": {"$cond": [mine, "$$this.count", 0]}}}
    return {"$concatArrays": [others, [{"slot": _slot(limit), "count": {"$add": [{"$sum": so_far}, 1]}}]]}


def _later(seconds: float) -> Expression:
    """So long after now, or the pause that lasts longer already."""
    return {"$max": ["$paused_until", {"$add": ["$$NOW", round(seconds * 1000)]}]}


def _until_free(found: Document, limit: Limit, cap: int) -> float:
    """Seconds until so many slots are over that there is room again."""
    slots = sorted(found["recent"][_path(limit).rpartition(".")[2]], key=lambda one: one["slot"])
    used = sum(one["count"] for one in slots)
    now = free_at = clock.aware(found["asked_at"]).timestamp()
    for one in slots:
        if used < cap:
            break
        used -= one["count"]
        free_at = (one["slot"] + SLOTS + 2) * _width(limit) / 1000
    return free_at - now
