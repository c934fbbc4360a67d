"""Which readings came, day by day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.formats import date_format

from aqi_project import clock
from aqi_project.clock import DAY
from aqi_project.mongo import collection
from dashboard.past.history import ends_of
from ingestion.models import Reading, Station

SHOWN = timedelta(days=90)
GOOD = 0.95  # of the day's readings


@dataclass(frozen=True)
class Availability:
    """One day: the share of its readings that came, 0 to 1, and the same in words."""

    date: date
    share: float

    @property
    def state(self) -> str:
        return "all" if self.share >= GOOD else "some" if self.share else "none"

    @property
    def text(self) -> str:
        return f"{date_format(self.date, 'D j M')}: {self.share:.0%}"


def availability(station: Station, newest: datetime) -> list[Availability]:
    """The 90 days before the newest reading, oldest first, from the first one's day on: before it none was due. The
    newest one's own day, which is not over, is left out."""
    ends = ends_of(station)
    if ends is None:
        return []
    first = ends[0].astimezone(station.zone).date()
    last = newest.astimezone(station.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    counts = _counts(station, last - SHOWN, last)
    per_day = DAY / station.expected_interval
    days = [(last - SHOWN + number * DAY).date() for number in range(SHOWN.days)]
    return [Availability(day, min(1.0, counts.get(day, 0) / per_day)) for day in days if day >= first]


def _counts(station: Station, start: datetime, end: datetime) -> dict[date, int]:
    match = {"station": station.slug, "at": {"$gte": clock.naive(start), "$lt": clock.naive(end)}}
    day = {"$dateTrunc": {"date": "$at", "unit": "day", "timezone": station.timezone}}
    rows = collection(Reading).aggregate([{"$match": match}, {"$group": {"_id": day, "count": {"$sum": 1}}}])
    return {clock.aware(row["_id"]).astimezone(station.zone).date(): row["count"] for row in rows}
