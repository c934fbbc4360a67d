"""Which readings came, day by day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format

from aqi_project import clock
from aqi_project.clock import DAY
from aqi_project.mongo import collection
from dashboard.past.history import day_of, due, ends_of, share, slot_of
from ingestion.models import Reading, Station
from ingestion.quality.presence import day_span
from ingestion.stations.present import present

SHOWN = timedelta(days=90)
GOOD = 0.95  # of the day's readings


@dataclass(frozen=True)
class Availability:
    """One day: the share of its expected intervals in which a reading came, 0 to 1, and the same in words."""

    date: date
    share: float

    @property
    def state(self) -> str:
        return "all" if self.share >= GOOD else "some" if self.share else "none"

    @property
    def text(self) -> str:
        return f"{date_format(self.date, 'D j M')}: {self.share:.0%}"


def availability(station: Station) -> list[Availability]:
    """The 90 days before the station's today, oldest first, from its first reading's day on: before it none was due."""
    ends, now = ends_of(station), present(station)
    if ends is None:
        return []
    first, today = (at.astimezone(station.zone).date() for at in (ends[0], now))
    days = [today - number * DAY for number in range(SHOWN.days, 0, -1)]
    filled = _filled(station, days[0], today)
    record = ends[0], max(now, ends[1])
    return [
        Availability(day, share(filled.get(day, 0), due(station, day_span(day, station.zone), record)))
        for day in days
        if day >= first
    ]


def _filled(station: Station, first: date, before: date) -> dict[date, int]:
    """Of each day: how many of its expected intervals hold a reading."""
    start, end = (clock.naive(day_span(day, station.zone)[0]) for day in (first, before))
    stages: list[dict[str, Any]] = [
        {"$match": {"station": station.slug, "at": {"$gte": start, "$lt": end}}},
        {"$group": {"_id": day_of(station), "filled": {"$addToSet": slot_of(station)}}},
        {"$set": {"filled": {"$size": "$filled"}}},
    ]
    rows = collection(Reading).aggregate(stages)
    return {clock.aware(row["_id"]).astimezone(station.zone).date(): row["filled"] for row in rows}
