"""A year of one variable: days, hours, months, distribution, completeness. MongoDB counts, Python arranges."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from aqi_project import clock
from aqi_project.mongo import collection
from dashboard.past.hourly import trusted
from ingestion.models import Reading, Station

DAY = timedelta(days=1)
BINS = 20
COMMON = 0.99  # share of the readings that the distribution gives its own bars


@dataclass(frozen=True)
class Day:
    """One day of the wall clock. `aqi`: the day's highest index; `mean`: of the variable; `count` of readings."""

    date: date
    aqi: int | None
    mean: float | None
    count: int
    complete: float  # share of the readings that should have come


@dataclass(frozen=True)
class Year:
    """What one year of a station's variable looked like; `profile[weekday][hour]` are means."""

    days: Sequence[Day]
    profile: list[list[float | None]]
    bins: list[tuple[float, int]]  # (upper edge, readings)

    @property
    def extremes(self) -> tuple[float, float]:
        """The smallest and the largest mean of an hour, for the shades of the profile."""
        means = [value for row in self.profile for value in row if value is not None] or [0.0]
        return min(means), max(means)


def years_of(station: Station) -> list[int]:
    """Calendar years that hold readings, newest first."""
    readings = collection(Reading)
    ends = [
        readings.find_one({"station": station.slug}, {"at": 1, "_id": 0}, sort=[("at", order)]) for order in (1, -1)
    ]
    if None in ends:
        return []
    first, last = (clock.aware(end["at"]).astimezone(station.zone).year for end in ends)
    return list(range(last, first - 1, -1))


def year_of(station: Station, code: str, year: int) -> Year:
    """One pass over the year's readings; flagged values are left out."""
    start, end = datetime(year, 1, 1, tzinfo=station.zone), datetime(year + 1, 1, 1, tzinfo=station.zone)
    match = {"station": station.slug, "at": {"$gte": clock.naive(start), "$lt": clock.naive(end)}}
    found = next(iter(collection(Reading).aggregate([{"$match": match}, *_pipeline(station, code)])))
    per_day = station_count_per_day(station)
    return Year(
        [_day(row, station, per_day) for row in found["days"]],
        _profile(found["hours"]),
        _bins(found["values"]),
    )


def months_by_year(station: Station, code: str) -> dict[int, list[float | None]]:
    """Means of the months of every year, newest year first; flagged values are left out."""
    local = {"date": "$at", "timezone": station.timezone}
    key = {"year": {"$year": local}, "month": {"$month": local}}
    rows = collection(Reading).aggregate(
        [{"$match": {"station": station.slug}}, {"$group": {"_id": key, "mean": {"$avg": trusted(code)}}}]
    )
    found: dict[int, dict[int, float | None]] = {}
    for row in rows:
        found.setdefault(row["_id"]["year"], {})[row["_id"]["month"]] = row["mean"]
    return {year: [found[year].get(month) for month in range(1, 13)] for year in sorted(found, reverse=True)}


def station_count_per_day(station: Station) -> float:
    return DAY / station.expected_interval


def _pipeline(station: Station, code: str) -> list[dict[str, Any]]:
    local = {"date": "$at", "timezone": station.timezone}
    shape = {
        "day": {"$dateTrunc": {**local, "unit": "day"}},
        "hour": {"$hour": local},
        "weekday": {"$isoDayOfWeek": local},
        "value": trusted(code),
        "aqi": 1,
    }
    mean = {"$avg": "$value"}
    known = {"$match": {"value": {"$type": "number"}}}
    day = {"_id": "$day", "aqi": {"$max": "$aqi"}, "mean": mean, "count": {"$sum": 1}}
    return [
        {"$project": shape},
        {
            "$facet": {
                "days": [{"$group": day}, {"$sort": {"_id": 1}}],
                "hours": [{"$group": {"_id": {"w": "$weekday", "h": "$hour"}, "mean": mean}}],
                "values": [known, {"$group": {"_id": {"$round": ["$value", 1]}, "count": {"$sum": 1}}}],
            }
        },
    ]


def _day(row: dict[str, Any], station: Station, per_day: float) -> Day:
    local = clock.aware(row["_id"]).astimezone(station.zone).date()
    return Day(local, row["aqi"], row["mean"], row["count"], min(1.0, row["count"] / per_day))


def _profile(rows: list[dict[str, Any]]) -> list[list[float | None]]:
    table: list[list[float | None]] = [[None] * 24 for _ in range(7)]
    for row in rows:
        table[row["_id"]["w"] - 1][row["_id"]["h"]] = row["mean"]
    return table


def _bins(rows: list[dict[str, Any]]) -> list[tuple[float, int]]:
    """Equally wide; the last one takes the rarest high values, which would leave the others no room."""
    counts = sorted((row["_id"], row["count"]) for row in rows)
    if not counts:
        return []
    low, high = min(0.0, counts[0][0]), _quantile(counts, COMMON)
    width = max(high - low, 1e-6) / BINS
    bins = [0] * BINS
    for value, count in counts:
        bins[min(int((value - low) / width), BINS - 1)] += count
    return [(low + (number + 1) * width, count) for number, count in enumerate(bins)]


def _quantile(counts: list[tuple[float, int]], share: float) -> float:
    """The smallest value that so large a share of the readings does not exceed."""
    running = list(accumulate(count for _, count in counts))
    return counts[bisect_left(running, share * running[-1])][0]
