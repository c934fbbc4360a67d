"""The one way by which readings get into the database: merge, judge, compute the AQI, write.

Safe to run twice, in parallel, and to die anywhere: a reading is one document per station and time, new ones are
upserts, changes are conditional on the revision they were computed from, and whoever loses a race looks again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.judge import judge
from ingestion.models import Reading, Station
from ingestion.observation import Observation, Rejected
from ingestion.rejects import keep_rejected
from ingestion.signals import readings_stored

CONTEXT = timedelta(hours=48)  # what flags and averages look back on, and how far a correction reaches ahead
ROUNDS = 5  # of looking again after a lost race; each round loses only to a write that succeeded
DUPLICATE_KEY = 11_000
STORED_FIELDS = ("at", "values", "flags", "aqi", "dominant", "revision", "provider", "received_at")


@dataclass(slots=True)
class Stored:
    """What became of a batch: times of readings that are new or revised, and counts of the rest."""

    inserted: list[datetime] = field(default_factory=list)
    revised: list[datetime] = field(default_factory=list)
    unchanged: int = 0
    rejected: int = 0

    @property
    def changed(self) -> list[datetime]:
        return self.inserted + self.revised


@dataclass(slots=True)
class Row:
    """One reading on its way into the database. `stored` is the document that is there already, if any."""

    at: datetime
    values: dict[str, float]
    faults: dict[str, str]
    provider: str
    received_at: datetime
    stored: dict[str, Any] | None = None
    flags: dict[str, str] = field(default_factory=dict)
    aqi: int | None = None
    dominant: str = ""

    @property
    def is_revision(self) -> bool:
        return self.stored is not None and self.stored["values"] != self.values


def store(
    station: Station,
    observations: Sequence[Observation],
    rejected: Iterable[Rejected] = (),
    received_at: datetime | None = None,
) -> Stored:
    """Store a batch of one station and tell who listens. Returns what changed.

    `received_at` is given for what arrives live, so that late readings and wrong clocks are noticed.
    """
    done = Stored(rejected=keep_rejected(station, rejected))
    pending = list(observations)
    for _ in range(ROUNDS):
        if not pending:
            break
        pending = _attempt(station, pending, done, received_at)
    else:
        raise IntegrityError(f"{station.slug}: {len(pending)} readings lost every race; they will come again.")
    if done.changed:
        readings_stored.send(sender=Reading, station=station.slug, first=min(done.changed), last=max(done.changed))
    return done


def _attempt(
    station: Station, observations: list[Observation], done: Stored, received_at: datetime | None
) -> list[Observation]:
    """One round; returns the observations whose write lost a race."""
    rows = _timeline(station, observations)
    judge(station, rows, received_at)
    fresh = {clock.naive(observation.at) for observation in observations}
    operations: list[UpdateOne] = []
    written: list[Row] = []
    for row in rows:
        if row.at < min(fresh):
            continue  # context alone: flags and averages look back, and what it looks back on is not all here
        operation = _operation(station.slug, row)
        if operation is not None:
            operations.append(operation)
            written.append(row)
        elif row.at in fresh:
            done.unchanged += 1
    lost = _write(operations, written, done)
    return [observation for observation in observations if clock.naive(observation.at) in lost]


def _timeline(station: Station, observations: list[Observation]) -> list[Row]:
    """Stored readings around the new ones, with the new values merged in; sorted by time."""
    times = [clock.naive(observation.at) for observation in observations]
    span = {"$gte": min(times) - CONTEXT, "$lte": max(times) + CONTEXT}
    found = collection(Reading).find({"station": station.slug, "at": span}, dict.fromkeys(STORED_FIELDS, 1))
    rows = {document["at"]: _row_of(document) for document in found}
    received_at = clock.naive(clock.now())
    for at, observation in zip(times, observations, strict=True):
        row = rows.get(at)
        if row is None:
            row = rows[at] = Row(at, {}, {}, observation.provider, received_at)
        row.values = {**row.values, **observation.values}
        row.faults = {**row.faults, **observation.rejected}
    return [rows[at] for at in sorted(rows)]


def _row_of(document: dict[str, Any]) -> Row:
    faults = {code: reason for code, reason in document["flags"].items() if code not in document["values"]}
    row = Row(document["at"], document["values"], faults, document["provider"], document["received_at"], document)
    row.flags, row.aqi, row.dominant = document["flags"], document["aqi"], document["dominant"]
    return row


def _operation(slug: str, row: Row) -> UpdateOne | None:
    """The write that brings the database to `row`, or None where it is there already."""
    judged = {"flags": row.flags, "aqi": row.aqi, "dominant": row.dominant}
    key = {"station": slug, "at": row.at}
    if row.stored is None:
        document = {"values": row.values, **judged, "provider": row.provider, "received_at": row.received_at}
        blank = {"revision": 1, "history": [], "scored_revision": 0, "scores": {}}
        return UpdateOne(key, {"$setOnInsert": {**document, **blank}}, upsert=True)
    key["revision"] = row.stored["revision"]
    if row.is_revision:
        received_at = clock.naive(clock.now())
        earlier = {"values": row.stored["values"], "received_at": row.stored["received_at"].isoformat() + "Z"}
        change = {"values": row.values, **judged, "received_at": received_at}
        return UpdateOne(key, {"$set": change, "$push": {"history": earlier}, "$inc": {"revision": 1}})
    if any(row.stored[name] != value for name, value in judged.items()):
        return UpdateOne(key, {"$set": judged})
    return None


def _write(operations: list[UpdateOne], rows: list[Row], done: Stored) -> set[datetime]:
    """Write all; returns the times to look at again, because somebody else wrote meanwhile."""
    if not operations:
        return set()
    result = _bulk_write(operations)
    inserted = {entry["index"] for entry in result["upserted"]}
    done.inserted += [clock.aware(rows[index].at) for index in inserted]
    done.revised += [clock.aware(row.at) for row in rows if row.is_revision]
    expected = sum(row.stored is None for row in rows)
    if len(inserted) == expected and result["nMatched"] == len(rows) - expected:
        return set()
    return {row.at for index, row in enumerate(rows) if index not in inserted}


def _bulk_write(operations: list[UpdateOne]) -> dict[str, Any]:
    try:
        return collection(Reading).bulk_write(operations, ordered=False).bulk_api_result
    except BulkWriteError as error:
        if any(entry["code"] != DUPLICATE_KEY for entry in error.details["writeErrors"]):
            raise
        return error.details
