"""Items that could not become readings: kept with their reason, each once, for an admin to see."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from pymongo import UpdateOne

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.models import RejectedItem, Station
from ingestion.observation import Rejected

SHOWN = 500  # characters of an item that are kept
KEPT = timedelta(days=90)  # a feed that is wrong at each poll must not fill the disk


def keep_rejected(station: Station, rejected: Iterable[Rejected]) -> int:
    """Keep what was rejected and return how many there were. The same item for the same reason is kept once.

    What the station has from more than three months ago is forgotten.
    """
    documents = [_document(station, one) for one in rejected]
    upserts = [
        UpdateOne({"fingerprint": document["fingerprint"]}, {"$setOnInsert": document}, upsert=True)
        for document in documents
    ]
    if upserts:
        collection(RejectedItem).bulk_write(upserts, ordered=False)
        old = {"station": station.slug, "received_at": {"$lte": clock.naive(clock.now() - KEPT)}}
        collection(RejectedItem).delete_many(old)
    return len(documents)


def _document(station: Station, rejected: Rejected) -> dict[str, object]:
    item = _shown(rejected.item)
    text = f"{station.slug}\n{station.provider}\n{rejected.reason}\n{item}"
    return {
        "station": station.slug,
        "provider": station.provider,
        "received_at": clock.naive(clock.now()),
        "reason": rejected.reason,
        "item": item[:SHOWN],
        "fingerprint": hashlib.sha256(text.encode()).hexdigest(),
    }


def _shown(item: object) -> str:
    try:
        return repr(item)
    except RecursionError:
        return "(nested too deeply to be shown)"
