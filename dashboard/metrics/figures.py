"""The figures behind the gauges, each with one command or two however many stations there are: (label, value)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from alerts.models import Delivery
from aqi_project import clock
from aqi_project.mongo import collection, newest_each
from detection.models import Anomaly, DriftReport, ModelVersion, Series, Severity
from ingestion.models import Reading, Station
from ingestion.quality.rules import RULES
from ingestion.stations.present import present

LATELY = timedelta(hours=1)
NO_NUMBER = "no_number"  # the label of a value that came as none, or could not be read
DRIFT = {DriftReport.Verdict.STABLE: 0, DriftReport.Verdict.WATCH: 1, DriftReport.Verdict.DRIFT: 2}


def ages(stations: Mapping[str, Station]) -> Iterator[tuple[str, float]]:
    for document in newest_each(Reading, "station", "at", stations):
        station = stations[document["_id"]]
        yield station.slug, (present(station) - clock.aware(document["at"])).total_seconds()


def intervals(stations: Mapping[str, Station]) -> Iterator[tuple[str, float]]:
    return ((slug, station.expected_interval.total_seconds()) for slug, station in stations.items())


def models(series: Iterable[Series]) -> Iterator[tuple[str, float]]:
    champions = [{"series": one.key, "number": one.champion} for one in series if one.champion is not None]
    wanted = {"series": 1, "created_at": 1}
    for version in collection(ModelVersion).find({"$or": champions}, wanted) if champions else ():
        yield version["series"], (clock.now() - clock.aware(version["created_at"])).total_seconds()


def drift(series: Iterable[Series]) -> Iterator[tuple[str, float]]:
    for report in newest_each(DriftReport, "series", "day", [one.key for one in series], "verdict"):
        yield report["_id"], DRIFT[report["verdict"]]


def received() -> list[tuple[str, float]]:
    """A value that did not come is none in doubt, though its lack is noted among the flags."""
    flagged, there = ({"$map": {"input": {"$objectToArray": part}, "in": "$$this.k"}} for part in ("$flags", "$values"))
    in_doubt = {"$expr": {"$ne": [{"$setIntersection": [flagged, there]}, []]}}
    doubted = collection(Reading).count_documents({**_lately(), "flags": {"$ne": {}}, **in_doubt})
    return [("yes", doubted), ("no", collection(Reading).count_documents(_lately()) - doubted)]


def doubted() -> Iterable[tuple[str, float]]:
    """Of every rule, so that none appears only when it first finds something."""
    rule = {"$arrayElemAt": [{"$split": ["$flag.v", ":"]}, 0]}
    stages: list[dict[str, Any]] = [
        {"$match": {**_lately(), "flags": {"$ne": {}}}},
        {"$project": {"flag": {"$objectToArray": "$flags"}}},
        {"$unwind": "$flag"},
        {"$group": {"_id": rule, "count": {"$sum": 1}}},
    ]
    counts = dict.fromkeys([rule.name for rule in RULES] + [NO_NUMBER], 0)
    for found in collection(Reading).aggregate(stages):
        counts[found["_id"] if found["_id"] in counts else NO_NUMBER] += found["count"]
    return counts.items()


def _lately() -> dict[str, Any]:
    return {"received_at": {"$gte": clock.naive(clock.now() - LATELY)}}


def anomalies() -> list[tuple[str, float]]:
    found = _counted(Anomaly, "severity", end=None)
    return [(level.name.lower(), found.get(level.value, 0)) for level in Severity]


def deliveries() -> list[tuple[str, float]]:
    found = _counted(Delivery, "state")
    return [(state, found.get(state, 0)) for state in Delivery.State.values]


def _counted(model: Any, field: str, **wanted: Any) -> dict[Any, float]:
    stages: list[dict[str, Any]] = [{"$match": wanted}, {"$group": {"_id": f"${field}", "count": {"$sum": 1}}}]
    return {group["_id"]: group["count"] for group in collection(model).aggregate(stages)}
