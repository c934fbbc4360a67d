"""Detection's outbox: anomalies that changed and that alerts have not looked at yet."""

from collections import defaultdict

from django.db.models import F, QuerySet

from alerts import engine
from alerts.conditions.anomaly import FRESH
from alerts.models import Rule
from alerts.places import places_of
from aqi_project import clock
from aqi_project.each import each
from aqi_project.mongo import collection
from detection.models import Anomaly
from ingestion import replay
from ingestion.models import Station


def process() -> int:
    """Evaluate the rules about anomalies wherever one changed; returns how many changes were taken in.

    A change is marked as seen after what follows from it is written, never before: whoever dies in between leaves it
    to the next, and evaluating twice says nothing twice.
    """
    for station in Station.objects.filter(slug__in=list(_waiting().values_list("station", flat=True))):
        forget_history(station)
    changes: dict[str, dict[object, int]] = defaultdict(dict)
    for key, station, revision in _waiting().values_list("pk", "station", "revision"):
        changes[station][key] = revision
    rules = list(Rule.active().filter(condition=Rule.Condition.ANOMALY)) if changes else []
    return sum(each(changes.items(), lambda change: _take_in(*change, rules)))


def _waiting() -> QuerySet[Anomaly]:
    return Anomaly.objects.filter(processed_revision__lt=F("revision"))


def _take_in(slug: str, seen: dict[object, int], rules: list[Rule]) -> int:
    """One station, unless another process was quicker."""
    if not _waiting().filter(pk__in=list(seen)).exists():
        return 0
    for rule in rules:
        for place in places_of(rule, slug):
            engine.evaluate(rule, place)
    mark(seen)
    return len(seen)


def mark(seen: dict[object, int]) -> None:
    """Note the revisions that were looked at. One that was raised meanwhile stays open."""
    for key, revision in seen.items():
        Anomaly.objects.filter(pk=key, processed_revision__lt=revision).update(processed_revision=revision)


def forget_history(station: Station) -> int:
    """Events that ended long ago are nothing to tell of, however many a first training finds."""
    before = clock.naive(replay.present(station) - FRESH)
    old = {"station": station.slug, "last_at": {"$lt": before}, "$expr": {"$lt": ["$processed_revision", "$revision"]}}
    update = [{"$set": {"processed_revision": "$revision"}}]
    return int(collection(Anomaly).update_many(old, update).modified_count)
