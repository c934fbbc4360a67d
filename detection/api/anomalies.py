"""Filters of the list of anomalies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from aqi_project import clock
from aqi_project.mongo import collection
from detection.models import Anomaly, Severity
from ingestion.api.access import visible
from ingestion.models import Station

EQUAL = ("station", "variable", "kind", "review")


def query_of(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The query for anomalies that start in the span and match every filter that is given."""
    conditions: list[dict[str, Any]] = [{name: wanted[name]} for name in EQUAL if name in wanted]
    if "city" in wanted:
        slugs = list(Station.objects.filter(city=wanted["city"]).values_list("slug", flat=True))
        conditions.append({"station": {"$in": slugs}})
    if "severity" in wanted:
        conditions.append({"severity": {"$gte": Severity[wanted["severity"].upper()].value}})
    if "start" in wanted:
        conditions.append({"start": {"$gte": clock.naive(wanted["start"])}})
    if "end" in wanted:
        conditions.append({"start": {"$lt": clock.naive(wanted["end"])}})
    if wanted.get("open") is not None:
        conditions.append({"end": None} if wanted["open"] else {"end": {"$ne": None}})
    return {"$and": conditions} if conditions else {}


def anomaly_or_404(request: Request, identifier: str) -> dict[str, Any]:
    """The anomaly's document, or NotFound with a sentence; one that the caller may not see is not there."""
    if ObjectId.is_valid(identifier):
        found = collection(Anomaly).find_one({"$and": [{"_id": ObjectId(identifier)}, visible(request)]})
        if found:
            return dict(found)
    raise NotFound(f"There is no anomaly {identifier!r}. GET /api/v1/anomalies lists the anomalies.")
