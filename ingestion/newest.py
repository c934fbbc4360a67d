"""The time of a station's newest reading."""

from collections.abc import Iterable
from datetime import datetime

from aqi_project import clock
from aqi_project.mongo import collection, newest_each
from ingestion.models import Reading, Station


def newest_at(slug: str) -> datetime | None:
    """None where it has none."""
    found = collection(Reading).find_one({"station": slug}, {"_id": 0, "at": 1}, sort=[("at", -1)])
    return clock.aware(found["at"]) if found else None


def newest_of(stations: Iterable[Station]) -> dict[str, datetime]:
    """The time of each one's newest reading, by slug; one look at the index for each."""
    found = newest_each(Reading, "station", "at", [station.slug for station in stations])
    return {one["_id"]: clock.aware(one["at"]) for one in found}
