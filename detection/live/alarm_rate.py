"""Holding the asked rate of alarms: each event that nobody confirmed raises a series' bar, each quiet day lowers it.

The bar follows from what is stored alone, so it may be computed by anyone, at any time, twice.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Min

from aqi_project import clock
from aqi_project.clock import DAY
from aqi_project.mongo import collection
from detection.calibration.rate import RateKeeper
from detection.models import Anomaly, ModelVersion, Series
from ingestion.models import Reading
from ingestion.newest import newest_at

LOOK_BACK = timedelta(days=365)  # long enough for the rate to weigh more than where it began
# Series → what its bar last followed from here, and the bar: with nothing new a year of readings is not read again.
_held: dict[Any, tuple[datetime | None, float, Counter[date], float]] = {}
DAY_OF_READING = {"$dateTrunc": {"date": "$at", "unit": "day"}}


def hold(key: str) -> None:
    """Bring the bar of a series to the alarms of its last year."""
    series = Series.objects.filter(key=key).first()
    newest = newest_at(series.station) if series else None
    if series is None or newest is None:
        return
    since = _watched_since(key, newest)
    told = _alarms(series, since)
    known = _newest_judged(series, newest), series.false_alarms_per_month, told
    if _held.get(series.pk) == (*known, series.strictness):
        return
    keeper = RateKeeper(series.false_alarms_per_month)
    for day in sorted({*told, *_days(series, since)}):
        keeper = keeper.after(1, told[day])
    Series.objects.filter(key=key).exclude(strictness=keeper.offset).update(strictness=keeper.offset)
    _held[series.pk] = (*known, keeper.offset)


def _watched_since(key: str, newest: datetime) -> datetime:
    """A year back, but not into what the first model had learnt: its thresholds come from those days already."""
    learnt = ModelVersion.objects.filter(series=key).aggregate(until=Min("trained_to"))["until"]
    return max(learnt or newest - LOOK_BACK, newest - LOOK_BACK)


def _newest_judged(series: Series, newest: datetime) -> datetime | None:
    """Of the last two days."""
    found = collection(Reading).find_one(_judged(series, newest - 2 * DAY), {"at": 1}, sort=[("at", -1)])
    return clock.aware(found["at"]) if found else None


def _days(series: Series, since: datetime) -> set[date]:
    """The days on which readings of the series were judged: an outage is no quiet time."""
    found = collection(Reading).aggregate([{"$match": _judged(series, since)}, {"$group": {"_id": DAY_OF_READING}}])
    return {document["_id"].date() for document in found}


def _judged(series: Series, since: datetime) -> dict[str, Any]:
    """The query for readings of which the series was judged."""
    span = {"station": series.station, "at": {"$gte": clock.naive(since)}}
    return {**span, f"scores.{series.variable}": {"$exists": True}}


def _alarms(series: Series, since: datetime) -> Counter[date]:
    """How many alarms came on each day; an event counts again for each day that it lasts.

    What the quality rules have found, or an admin's limit, is no alarm of the detectors: no bar would keep it away.
    """
    found = Anomaly.objects.filter(series=series.key, start__gte=since).exclude(review__in=Anomaly.CONFIRMED)
    events = found.exclude(days_between=None)
    if series.hard_max is not None:
        events = events.exclude(value__gt=series.hard_max)
    if series.hard_min is not None:
        events = events.exclude(value__lt=series.hard_min)
    told: Counter[date] = Counter()
    for start, last in events.values_list("start", "last_at"):
        told[start.date()] += 1 + (last - start) // DAY
    return told
