"""Detection's outbox: anomalies that changed and that alerts have not looked at yet."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from bson import ObjectId

from alerts import engine
from alerts.conditions.anomaly import FRESH
from alerts.models import Rule
from alerts.places import places_of
from aqi_project import clock
from aqi_project.mongo import collection
from aqi_project.try_each import try_each
from detection.models import Anomaly
from ingestion.models import Station
from ingestion.stations.present import present

WAITING = {"$expr": {"$lt": ["$processed_revision", "$revision"]}}
Revisions = dict[ObjectId, int]  # of events


def process() -> int:
    """Evaluate the rules about anomalies wherever one changed; returns how many changes were taken in.

    A change is marked as seen after what follows from it is written, never before: whoever dies in between leaves it
    to the next, and evaluating twice says nothing twice.
    """
    changes = news()
    rules = list(Rule.active().filter(condition=Rule.Condition.ANOMALY)) if changes else []
    return sum(try_each(changes.items(), lambda change: _take_in(*change, rules)))


def news() -> dict[str, Revisions]:
    """Changes that were not looked at, by station.

    Events that ended long ago are nothing to tell of, however many a first training finds.
    """
    since = dict(try_each(Station.objects.all(), lambda station: (station.slug, present(station) - FRESH)))
    changes: dict[str, Revisions] = defaultdict(dict)
    for found in collection(Anomaly).find(fresh(since), {"station": 1, "revision": 1, "last_at": 1}) if since else ():
        if clock.aware(found["last_at"]) >= since[found["station"]]:
            changes[found["station"]][found["_id"]] = found["revision"]
    return changes


def fresh(since: dict[str, datetime]) -> dict[str, Any]:
    """What waits of the newest events alone: an index leads there, and none to what waits."""
    return {"station": {"$in": list(since)}, "last_at": {"$gte": clock.naive(min(since.values()))}, **WAITING}


def _take_in(slug: str, seen: Revisions, rules: list[Rule]) -> int:
    """One station, unless another process was quicker."""
    if not collection(Anomaly).count_documents({"_id": {"$in": list(seen)}, **WAITING}, limit=1):
        return 0
    for rule in rules:
        for place in places_of(rule, slug):
            engine.evaluate(rule, place)
    mark(seen)
    return len(seen)


def mark(seen: Revisions) -> None:
    """Note the revisions that were looked at. One that was raised meanwhile stays open."""
    for key, revision in seen.items():
        Anomaly.objects.filter(pk=key, processed_revision__lt=revision).update(processed_revision=revision)
