"""A year of a station as arrays: hourly means of every variable on consecutive hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from aqi_project import clock
from aqi_project.clock import HOUR
from aqi_project.mongo import collection
from ingestion.models import Reading, Station

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
A_DAY, A_WEEK = 24, 168  # hours


@dataclass(frozen=True)
class Hourly:
    """`columns` hold a mean for each of `times` (local wall clock), NaN where nothing usable was read.

    A reading that comes every few hours stands for all of them.
    """

    times: Sequence[datetime]
    columns: dict[str, Floats]

    @property
    def hours(self) -> Places:
        return np.array([at.hour for at in self.times], dtype=np.int64)

    @property
    def weekdays(self) -> Places:
        """Monday is 0."""
        return np.array([at.weekday() for at in self.times], dtype=np.int64)


def hourly(station: Station, codes: Sequence[str], year: int) -> Hourly:
    """From the year's first to its last reading; variables that never came are left out, flagged values too."""
    rows = {clock.aware(row["_id"]): row for row in _means(station, codes, year)}
    if not rows:
        return Hourly([], {})
    first, last = min(rows), max(rows)
    moments = [first + number * HOUR for number in range((last - first) // HOUR + 1)]
    columns = {code: np.array([_value(rows.get(at), code) for at in moments]) for code in codes}
    known = {code: spread(one, station.expected_interval) for code, one in columns.items() if np.isfinite(one).any()}
    return Hourly([at.astimezone(station.zone) for at in moments], known)


def spread(values: Floats, interval: timedelta) -> Floats:
    """Hourly values of a series that is read every `interval`: the hours up to the next reading have the last one's."""
    filled = values
    for later in range(1, -(-interval // HOUR)):
        earlier = np.concatenate([np.full(later, np.nan), values])[: len(values)]
        filled = np.where(np.isfinite(filled), filled, earlier)
    return filled


def _means(station: Station, codes: Sequence[str], year: int) -> Any:
    hour = {"_id": {"$dateTrunc": {"date": "$at", "unit": "hour"}}}
    means = {code: {"$avg": trusted(code)} for code in codes}
    match = within(station.slug, station.zone, year)
    return collection(Reading).aggregate([{"$match": match}, {"$group": {**hour, **means}}])


def within(slug: str, zone: ZoneInfo, year: int) -> dict[str, Any]:
    """The readings of a calendar year, as a query."""
    start, end = (clock.naive(datetime(one, 1, 1, tzinfo=zone)) for one in (year, year + 1))
    return {"station": slug, "at": {"$gte": start, "$lt": end}}


def trusted(code: str) -> dict[str, Any]:
    """As an expression of MongoDB: the value, or null where it is in doubt."""
    return {"$cond": [{"$gt": [f"$flags.{code}", None]}, None, f"$values.{code}"]}


def _value(row: dict[str, Any] | None, code: str) -> float:
    return np.nan if row is None or row[code] is None else row[code]
