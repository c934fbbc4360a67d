"""Hourly and daily means, computed by the database, a window of buckets at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.api.readings import Document, span
from ingestion.models import Reading, Station

UNITS = {"hourly": ("hour", timedelta(hours=1)), "daily": ("day", timedelta(days=1))}
WINDOW = 500  # buckets held at a time
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # nothing is stored of then
DIGITS = 9  # significant ones of a mean: no sensor sends more, and 152.39999999999998 is 152.4


def page(request: Request, station: Station, wanted: Mapping[str, Any]) -> tuple[list[Document], str | None]:
    """Buckets of one window, newest first, and the URL of the window before it."""
    unit, length = UNITS[wanted["mean"]]
    oldest, end = _span(station, wanted)
    start = max(oldest, _floor(end - clock.MILLISECOND - length * (wanted["limit"] - 1), unit, station))
    found = list(collection(Reading).aggregate(_pipeline(station, start, end, unit)))
    following = replace_query_param(request.build_absolute_uri(), "to", clock.iso(start)) if start > oldest else None
    return [_bucket(document) for document in found], following


def buckets(station: Station, wanted: Mapping[str, Any]) -> Iterator[Document]:
    """All buckets of the span, oldest first, computed a window at a time."""
    unit, length = UNITS[wanted["mean"]]
    start, end = _span(station, wanted)
    while start < end:
        until = min(end, _floor(start + length * WINDOW, unit, station))
        found = list(collection(Reading).aggregate(_pipeline(station, start, until, unit)))
        yield from map(_bucket, reversed(found))
        start = until


def _pipeline(station: Station, start: datetime, end: datetime, unit: str) -> list[Document]:
    at = {"$gte": clock.naive(start), "$lt": clock.naive(end)}
    bucket = {"$dateTrunc": {"date": "$at", "unit": unit, "timezone": station.timezone}}
    values = {"$objectToArray": "$values"}
    usable = {"$not": {"$in": ["$pair.k", {"$map": {"input": {"$objectToArray": "$flags"}, "in": "$$this.k"}}]}}
    figures = {"mean": {"$avg": "$pair.v"}, "least": {"$min": "$pair.v"}, "most": {"$max": "$pair.v"}}
    return [
        {"$match": {"station": station.slug, "at": at}},
        {"$project": {"at": bucket, "pair": values, "flags": 1}},
        {"$unwind": "$pair"},
        {"$match": {"$expr": usable}},
        {"$group": {"_id": {"at": "$at", "code": "$pair.k"}, **figures, "count": {"$sum": 1}}},
        {"$group": {"_id": "$_id.at", "variables": {"$push": "$$ROOT"}}},
        {"$sort": {"_id": -1}},
    ]


def _bucket(document: Document) -> Document:
    variables = sorted(document["variables"], key=lambda one: one["_id"]["code"])
    for one in variables:
        one["mean"] = float(f"{one['mean']:.{DIGITS}g}")
    parts = {
        name: {one["_id"]["code"]: one[key] for one in variables}
        for name, key in (("values", "mean"), ("lowest", "least"), ("highest", "most"), ("counts", "count"))
    }
    return {"at": clock.aware(document["_id"]), **parts}


def _span(station: Station, wanted: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """From the first to behind the last reading that is asked for: nobody should wait for thousands of empty windows,
    or take a page without results for the end."""
    return _edge(station, wanted, 1), _edge(station, wanted, -1) + clock.MILLISECOND


def _edge(station: Station, wanted: Mapping[str, Any], direction: int) -> datetime:
    found = collection(Reading).find_one(span(station.slug, wanted), {"at": 1}, sort=[("at", direction)])
    return clock.aware(found["at"]) if found else LONG_AGO


def _floor(at: datetime, unit: str, station: Station) -> datetime:
    """The beginning of the hour or of the local day, so that no window cuts a bucket."""
    local = at.astimezone(station.zone).replace(minute=0, second=0, microsecond=0)
    return (local.replace(hour=0) if unit == "day" else local).astimezone(UTC)
