"""Which readings are to be scored, and marking them: right for scorers that work at once and may die anywhere.

A reading is pending while its newest revision has not been scored. A correction also makes the scores of the hours
after it stale: these come along for as long as the corrected reading itself is pending, so that nothing has to be noted
when it is stored. They are marked first, each only if nobody has scored it meanwhile; if somebody has, perhaps without
having seen the correction, the corrected reading stays pending and all are scored once more.

A neighbour that reports later makes scores stale too: `unsettle` counts down what marks a reading as scored, so that
also those who score it at that moment find it changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import UpdateOne

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.models import Reading
from ingestion.newest import newest_at

REACH = timedelta(days=30)  # unscored readings older than this before the newest are history, not news
DETECTORS_REMEMBER = timedelta(hours=48)  # what a score looks back on closely: a correction within is felt
# What is unscored, in two parts that an index each knows: all others of 30 days need not be looked at.
NEVER_SCORED = {"scored_revision": {"$lte": 0}}
CORRECTED = {"revision": {"$gt": 1}, "$expr": {"$lt": ["$scored_revision", "$revision"]}}
SEEN = ("revision", "scored_revision", "scores")  # as they were read, or else somebody was faster
FIELDS = ("at", "values", "flags", "aqi", *SEEN)
Document = dict[str, Any]


def pending(slug: str) -> list[Document]:
    """Readings of a station whose scores are missing or stale, oldest first."""
    newest = newest_at(slug)
    if newest is None:
        return []
    readings, news = collection(Reading), _news(slug, newest)
    corrected = readings.find({**news, **CORRECTED}, {"at": 1}).sort("at", 1)
    felt = [{"at": {"$gt": start, "$lte": end}} for start, end in _joined(one["at"] for one in corrected)]
    parts = [{**news, **part} for part in (NEVER_SCORED, CORRECTED)] + [{"station": slug, **span} for span in felt]
    return list(readings.find({"$or": parts}, dict.fromkeys(FIELDS, 1)).sort("at", 1))


def _news(slug: str, newest: datetime) -> Document:
    """The query for a station's readings that are not history yet."""
    return {"station": slug, "at": {"$gte": clock.naive(newest - REACH)}}


def _joined(times: Iterable[datetime]) -> list[tuple[datetime, datetime]]:
    """The spans that begin at each of the sorted times, those that overlap made one."""
    spans: list[tuple[datetime, datetime]] = []
    for at in times:
        start = spans.pop()[0] if spans and at <= spans[-1][1] else at
        spans.append((start, at + DETECTORS_REMEMBER))
    return spans


def mark(found: Sequence[Document], scores: Mapping[datetime, Any]) -> None:
    """Write the scores, by time, of pending readings that nobody has revised or scored meanwhile."""
    others = [document for document in found if not _is_correction(document)]
    if _written(others, scores) == len(others):
        _written([document for document in found if _is_correction(document)], scores)


def _is_correction(document: Document) -> bool:
    return bool(document["scored_revision"] < document["revision"] > 1)


def _written(documents: Sequence[Document], scores: Mapping[datetime, Any]) -> int:
    """How many of the documents were still as they were read, and have their scores now."""
    if not documents:
        return 0
    operations = [
        UpdateOne(
            {"_id": one["_id"], **{name: one[name] for name in SEEN}},
            {"$set": {"scored_revision": one["revision"], "scores": scores[one["at"]]}},
        )
        for one in documents
    ]
    return int(collection(Reading).bulk_write(operations, ordered=False).matched_count)


def unsettle(slug: str, first: datetime, before: datetime) -> int:
    """Make a station's readings with first ≤ at < before pending once more; returns how many there are."""
    span = {"station": slug, "at": {"$gte": clock.naive(first), "$lt": clock.naive(before)}}
    return int(collection(Reading).update_many(span, {"$inc": {"scored_revision": -1}}).modified_count)


def unsettle_unscored(slug: str, variable: str) -> int:
    """Make what came since a variable was last scored pending once more, as far as it is news; returns how many."""
    newest = newest_at(slug)
    if newest is None:
        return 0
    scored = {**_news(slug, newest), f"scores.{variable}": {"$exists": True}}
    last = collection(Reading).find_one(scored, {"at": 1}, sort=[("at", -1)])
    first = clock.aware(last["at"]) + clock.MILLISECOND if last else newest - REACH
    return unsettle(slug, first, newest + clock.MILLISECOND)
