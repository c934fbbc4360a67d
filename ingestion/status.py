"""Whether a station is there, and how much of it: the pure rules of quality/presence.py on stored readings."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion import replay
from ingestion.models import Reading, Station
from ingestion.newest import newest_of
from ingestion.quality.presence import Completeness, Presence, day_completeness, day_span, presence


def status(station: Station) -> Presence:
    """live, late or silent: the one rule, for every page, condition and answer."""
    return statuses([station])[station.slug]


def statuses(stations: Sequence[Station]) -> dict[str, Presence]:
    """The same for many, by slug, with one query."""
    newest = newest_of(stations)
    return {one.slug: presence(newest.get(one.slug), replay.present(one), one.expected_interval) for one in stations}


def completeness(station: Station, last: date, days: int) -> Iterator[tuple[date, Completeness]]:
    """(day, completeness) of the `days` local days that end with `last`, oldest first; one query."""
    wanted = [last - timedelta(days=back) for back in reversed(range(days))]
    times = _times(station, day_span(wanted[0], station.zone)[0], day_span(last, station.zone)[1])
    now = replay.present(station)
    for day in wanted:
        first, last = (bisect_left(times, edge) for edge in day_span(day, station.zone))
        yield day, day_completeness(times[first:last], day, station.zone, station.expected_interval, now)


def today(station: Station) -> date:
    """The local day that a station is in."""
    return replay.present(station).astimezone(station.zone).date()


def _times(station: Station, start: datetime, end: datetime) -> list[datetime]:
    at = {"$gte": clock.naive(start), "$lt": clock.naive(end)}
    found = collection(Reading).find({"station": station.slug, "at": at}, {"_id": 0, "at": 1}).sort("at", 1)
    return [clock.aware(document["at"]) for document in found]
