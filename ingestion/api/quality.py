"""How complete a station is, what was doubted, and its index by any standard."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import asdict
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

import numpy as np

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.aqi import aqi, averages_at, standard
from ingestion.models import Reading, Station
from ingestion.newest import newest_at
from ingestion.quality.doubt import rule_of, trusted
from ingestion.quality.presence import day_completeness, day_span, presence
from ingestion.stations.present import present

LOOK_BACK = timedelta(hours=25)  # what the longest average needs before the first hour
Document = dict[str, Any]


def quality(station: Station, days: int) -> Document:
    """State of the station now, and completeness and flags of its last days, newest first."""
    now = present(station)
    today = now.astimezone(station.zone).date()
    first = day_span(today - timedelta(days=days - 1), station.zone)[0]
    readings = _readings(station, first, now)
    dates = [today - timedelta(days=back) for back in range(days)]
    newest = newest_at(station.slug)
    return {
        "station": station.slug,
        "presence": presence(newest, now, station.expected_interval),
        "newest_at": newest,
        "days": [_day(station, day, readings, now) for day in dates],
    }


def _readings(station: Station, start: datetime, end: datetime) -> list[tuple[datetime, Document]]:
    at = {"$gte": clock.naive(start), "$lte": clock.naive(end)}
    found = collection(Reading).find({"station": station.slug, "at": at}, {"at": 1, "flags": 1, "values": 1})
    return [(clock.aware(document["at"]), document) for document in found.sort("at", 1)]


def _day(station: Station, day: date, readings: list[tuple[datetime, Document]], now: datetime) -> Document:
    first, last = (bisect_left(readings, edge, key=itemgetter(0)) for edge in day_span(day, station.zone))
    times = [at for at, _ in readings[first:last]]
    there = day_completeness(times, day, station.zone, station.expected_interval, now)
    flags = Counter(
        rule_of(flag)
        for _, document in readings[first:last]
        for code, flag in document["flags"].items()
        if code in document["values"]
    )
    return {"day": day, "expected": there.expected, "received": there.received, "share": there.share, "flags": flags}


def indices(station: Station, code: str, hours: int) -> Document:
    """The index by a standard for each reading of the last hours, newest first."""
    now = present(station)
    readings = _readings(station, now - timedelta(hours=hours) - LOOK_BACK, now)
    edition = standard(code).latest
    about = {"station": station.slug, "standard": code, "name": edition.name, "edition": edition.edition}
    if not readings:
        return {**about, "results": []}
    times = np.array([document["at"] for _, document in readings], dtype="datetime64[us]")
    wanted = times[times > np.datetime64(clock.naive(now - timedelta(hours=hours)), "us")]
    codes = sorted({name for _, document in readings for name in document["values"]})
    columns = {name: np.array([trusted(document, name) for _, document in readings]) for name in codes}
    averages = averages_at(code, times, columns, at=wanted, interval=station.expected_interval)
    if not averages or not len(wanted):
        return {**about, "results": []}
    result = aqi(code, averages, wanted)
    rows = [{"at": clock.aware(at), **asdict(result.single(row))} for row, at in enumerate(wanted.tolist())]
    return {**about, "results": rows[::-1]}
