"""When a station's newest reading is of."""

from collections.abc import Iterable
from datetime import datetime

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.models import Reading, Station

# Both ways backwards: so MongoDB jumps through the unique index and does not read all of it.
OF_EACH = ({"$sort": {"station": -1, "at": -1}}, {"$group": {"_id": "$station", "at": {"$first": "$at"}}})


def newest_at(slug: str) -> datetime | None:
    """The time of a station's newest reading."""
    found = collection(Reading).find_one({"station": slug}, {"_id": 0, "at": 1}, sort=[("at", -1)])
    return clock.aware(found["at"]) if found else None


def newest_of(stations: Iterable[Station]) -> dict[str, datetime]:
    """The time of each one's newest reading, by slug; one look at the index for each."""
    wanted = {"$match": {"station": {"$in": [station.slug for station in stations]}}}
    return {one["_id"]: clock.aware(one["at"]) for one in collection(Reading).aggregate([wanted, *OF_EACH])}
