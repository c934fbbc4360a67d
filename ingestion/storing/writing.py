"""The writes of a batch: inserts, and corrections that keep the earlier values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from aqi_project import clock
from aqi_project.mongo import DUPLICATE_KEY, collection
from ingestion.models import Reading
from ingestion.storing.timeline import Row

MOST_EARLIER = 100  # of the earlier values and of the remarks of a reading: a document must not grow without end
Write = InsertOne | UpdateOne


@dataclass(slots=True)
class Written:
    """Times of readings that are new, and of those to revise.

    `lost`: somebody else wrote one of them meanwhile, and it is not known which. `nothing`: the database held
    everything already.
    """

    inserted: list[datetime] = field(default_factory=list)
    revised: list[datetime] = field(default_factory=list)
    lost: bool = False
    nothing: bool = False


def write(slug: str, rows: Iterable[Row]) -> Written:
    """Bring the database to what the rows hold, each only if it is still what it was when it was read."""
    pairs = [(row, operation) for row in rows if (operation := _operation(slug, row)) is not None]
    if not pairs:
        return Written(nothing=True)
    changed = [row for row, _ in pairs]
    matched, refused = _bulk_write([operation for _, operation in pairs])
    inserted = [row.at for index, row in enumerate(changed) if row.stored is None and index not in refused]
    revised = [row.at for row in changed if row.is_revision]
    return Written(inserted, revised, lost=matched + len(inserted) < len(changed))


def _operation(slug: str, row: Row) -> Write | None:
    """The write that brings the database to `row`, or None where it is there already."""
    judged = {"flags": row.flags, "aqi": row.aqi, "dominant": row.dominant}
    if row.stored is None:
        return InsertOne(_document(slug, row, judged))
    key = {"_id": row.stored["_id"], "station": slug, "revision": row.stored["revision"]}
    if row.is_revision:
        return UpdateOne(key, _correction(row, row.stored, judged))
    if any(row.stored[name] != value for name, value in judged.items()):
        return UpdateOne(key, {"$set": judged})
    return None


def _document(slug: str, row: Row, judged: dict[str, Any]) -> dict[str, Any]:
    return {
        "station": slug,
        "at": clock.naive(row.at),
        "values": row.values,
        **judged,
        "provider": row.provider,
        "received_at": clock.naive(row.received_at),
        "remarks": row.remarks,
        "revision": 1,
        "history": [],
        "scored_revision": 0,
        "scores": {},
    }


def _correction(row: Row, stored: dict[str, Any], judged: dict[str, Any]) -> dict[str, Any]:
    """A higher revision; the earlier values are kept where one of them was replaced and not only added to."""
    pushed = {"remarks": _newest(row.remarks)}
    if any(row.values[code] != value for code, value in stored["values"].items()):
        received_at = clock.iso(clock.aware(stored["received_at"]))
        pushed["history"] = _newest([{"values": stored["values"], "received_at": received_at}])
    change = {"values": row.values, **judged, "received_at": clock.naive(row.received_at)}
    return {"$set": change, "$push": pushed, "$inc": {"revision": 1}}


def _newest(added: list[Any]) -> dict[str, Any]:
    """What `$push` keeps of a list with these at its end."""
    return {"$each": added, "$slice": -MOST_EARLIER}


def _bulk_write(operations: Sequence[Write]) -> tuple[int, set[int]]:
    """How many updates found their document, and the places of the inserts that came too late."""
    try:
        return collection(Reading).bulk_write(operations, ordered=False).matched_count, set()
    except BulkWriteError as error:
        refused = error.details["writeErrors"]
        if error.details["writeConcernErrors"] or any(entry["code"] != DUPLICATE_KEY for entry in refused):
            raise
        return error.details["nMatched"], {entry["index"] for entry in refused}
