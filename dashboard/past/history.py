"""A year of one variable: days, hours, months, distribution, completeness. MongoDB counts, Python arranges."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import accumulate, groupby
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from aqi_project import clock
from aqi_project.mongo import collection
from dashboard.past.hourly import A_DAY, trusted, within
from ingestion.models import Reading, Station
from ingestion.quality.presence import day_span

Span = tuple[datetime, datetime]
BINS = 20
ON_THE_EDGE = 1e-6  # of a bar's width: so near a value is at its edge, and belongs to it
SMALLEST = 1e-9
REMEMBERED = 1000  # years of a variable, a dozen numbers each
COMMON = 0.99  # share of the readings that the distribution gives its own bars


@dataclass(frozen=True)
class Day:
    """One day of the wall clock. `aqi`: the day's highest index; `mean`: of the variable; `count` of readings;
    `filled`: expected intervals that hold one or more of them."""

    date: date
    aqi: int | None
    mean: float | None
    count: int
    filled: int
    complete: float  # share of the intervals that should hold one, as far as the record reaches


@dataclass(frozen=True)
class Year:
    """What one year of a station's variable looked like; `profile[weekday][hour]` are means."""

    days: Sequence[Day]
    profile: list[list[float | None]]
    bins: list[tuple[float, int]]  # (upper edge, readings)
    due: float  # readings that should have come, on days without any too

    @property
    def complete(self) -> float:
        """Share of the readings that should have come, 0 to 1."""
        return share(sum(day.filled for day in self.days), self.due)

    @property
    def extremes(self) -> tuple[float, float]:
        """The smallest and the largest mean of an hour, for the shades of the profile."""
        means = [value for row in self.profile for value in row if value is not None] or [0.0]
        return min(means), max(means)


def years_of(station: Station) -> list[int]:
    """Calendar years that hold readings, newest first."""
    ends = ends_of(station)
    if ends is None:
        return []
    first, last = (end.astimezone(station.zone).year for end in ends)
    return list(range(last, first - 1, -1))


def ends_of(station: Station) -> Span | None:
    """The times of the first and of the newest reading."""
    readings = collection(Reading)
    found = [
        readings.find_one({"station": station.slug}, {"at": 1, "_id": 0}, sort=[("at", order)]) for order in (1, -1)
    ]
    return None if None in found else (clock.aware(found[0]["at"]), clock.aware(found[1]["at"]))


def held(station: Station, year: int) -> set[str]:
    """The variables that the year's readings hold, by the first ones of each month: all would take a pass more."""
    months = [clock.naive(datetime(year, month, 1, tzinfo=station.zone)) for month in range(1, 13)]
    end = clock.naive(datetime(year + 1, 1, 1, tzinfo=station.zone))
    found: set[str] = set()
    for start in months:
        query = {"station": station.slug, "at": {"$gte": start, "$lt": end}}
        for document in collection(Reading).find(query, {"values": 1, "_id": 0}).sort("at", 1).limit(A_DAY):
            found |= document["values"].keys()
    return found


def year_of(station: Station, code: str, year: int, *, from_zero: bool = True) -> Year:
    """One pass over the year's readings; flagged values are left out. `from_zero`: the bins begin there."""
    start, end = datetime(year, 1, 1, tzinfo=station.zone), datetime(year + 1, 1, 1, tzinfo=station.zone)
    match = {"$match": within(station.slug, station.zone, year)}
    found = next(iter(collection(Reading).aggregate([match, *_pipeline(station, code)])))
    ends = ends_of(station) or (start, end)
    return Year(
        [_day(row, station, ends) for row in found["days"]],
        _profile(found["hours"]),
        _bins(found["values"], from_zero),
        due(station, (start, end), ends),
    )


def months_by_year(station: Station, code: str) -> dict[int, list[float | None]]:
    """Means of the months of every year, newest year first; flagged values are left out.

    Years that are over are read once a day, or anew where readings of theirs came later.
    """
    years = years_of(station)
    found = {year: _months(station.slug, station.zone, code, year) for year in years[:1]}
    for year in years[1:]:
        count = collection(Reading).count_documents(within(station.slug, station.zone, year))
        if count:
            found[year] = _remembered(station.slug, station.zone, code, year, (count, clock.now().date()))
    return found


@lru_cache(maxsize=REMEMBERED)
def _remembered(slug: str, zone: ZoneInfo, code: str, year: int, _as_of: tuple[int, date]) -> list[float | None]:
    """`_as_of`: how many readings the year had, on which day: with either changed it is another call."""
    return _months(slug, zone, code, year)


def _months(slug: str, zone: ZoneInfo, code: str, year: int) -> list[float | None]:
    month = {"$month": {"date": "$at", "timezone": zone.key}}
    group = {"$group": {"_id": month, "mean": {"$avg": trusted(code)}}}
    rows = collection(Reading).aggregate([{"$match": within(slug, zone, year)}, group])
    means = {row["_id"]: row["mean"] for row in rows}
    return [means.get(number) for number in range(1, 13)]


def _pipeline(station: Station, code: str) -> list[dict[str, Any]]:
    local = {"date": "$at", "timezone": station.timezone}
    shape = {
        "day": day_of(station),
        "slot": slot_of(station),
        "hour": {"$hour": local},
        "weekday": {"$isoDayOfWeek": local},
        "value": trusted(code),
        "aqi": 1,
    }
    mean = {"$avg": "$value"}
    known = {"$match": {"value": {"$type": "number"}}}
    day = {"_id": "$day", "aqi": {"$max": "$aqi"}, "mean": mean, "count": {"$sum": 1}, "filled": {"$addToSet": "$slot"}}
    return [
        {"$project": shape},
        {
            "$facet": {
                "days": [{"$group": day}, {"$set": {"filled": {"$size": "$filled"}}}, {"$sort": {"_id": 1}}],
                "hours": [{"$group": {"_id": {"w": "$weekday", "h": "$hour"}, "mean": mean}}],
                "values": [known, {"$group": {"_id": _roughly("$value"), "count": {"$sum": 1}}}],
            }
        },
    ]


def day_of(station: Station) -> dict[str, Any]:
    """As an expression of MongoDB: the beginning of a reading's local day."""
    return {"$dateTrunc": {"date": "$at", "unit": "day", "timezone": station.timezone}}


def slot_of(station: Station) -> dict[str, Any]:
    """The same: which of its local day's expected intervals a reading lies in."""
    interval = station.expected_interval / clock.MILLISECOND
    return {"$trunc": {"$divide": [{"$subtract": ["$at", day_of(station)]}, interval]}}


def _day(row: dict[str, Any], station: Station, ends: Span) -> Day:
    local = clock.aware(row["_id"]).astimezone(station.zone).date()
    complete = share(row["filled"], due(station, day_span(local, station.zone), ends))
    return Day(local, row["aqi"], row["mean"], row["count"], row["filled"], complete)


def by_month(days: Sequence[Day]) -> list[tuple[date, list[Day]]]:
    """First of a month → its days, newest month first: a phone lays out the months in sight, not the whole year."""
    months = groupby(days, key=lambda day: day.date.replace(day=1))
    return [(first, list(found)) for first, found in months][::-1]


def share(filled: int, due: float) -> float:
    return min(1.0, filled / max(due, 1.0))


def due(station: Station, span: Span, ends: Span) -> float:
    """How many readings should have come in a span, from the first reading on and as far as the newest one."""
    start, end = max(span[0], ends[0]), min(span[1], ends[1] + station.expected_interval)
    return (end - start) / station.expected_interval


def _roughly(value: str) -> dict[str, Any]:
    """As an expression: one decimal, and of a small value three digits, which are enough to find its bar."""
    size = {"$floor": {"$log10": {"$max": [{"$abs": value}, SMALLEST]}}}
    return {"$round": [value, {"$max": [1, {"$subtract": [2, size]}]}]}


def _profile(rows: list[dict[str, Any]]) -> list[list[float | None]]:
    table: list[list[float | None]] = [[None] * 24 for _ in range(7)]
    for row in rows:
        table[row["_id"]["w"] - 1][row["_id"]["h"]] = row["mean"]
    return table


def _bins(rows: list[dict[str, Any]], from_zero: bool) -> list[tuple[float, int]]:
    """Equally wide; the last one takes the rarest high values, which would leave the others no room, and where zero
    means nothing the first one the rarest low ones."""
    counts = sorted((row["_id"], row["count"]) for row in rows)
    if not counts:
        return []
    high = _quantile(counts, COMMON)
    low = min(0.0, counts[0][0]) if from_zero else _quantile(counts, 1 - COMMON)
    width = max(high - low, 1e-6) / BINS
    bins = [0] * BINS
    for value, count in counts:
        bins[max(0, min(ceil((value - low) / width - ON_THE_EDGE) - 1, BINS - 1))] += count
    return [(low + (number + 1) * width, count) for number, count in enumerate(bins)]


def _quantile(counts: list[tuple[float, int]], share: float) -> float:
    """The smallest value that so large a share of the readings does not exceed."""
    running = list(accumulate(count for _, count in counts))
    return counts[bisect_left(running, share * running[-1])][0]
