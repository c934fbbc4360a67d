"""The sources of one city side by side: how far they are apart, hour by hour, and whose number is the city's."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, median
from typing import Any

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.models import Reading, Station
from ingestion.quality.presence import PRESENCES
from ingestion.stations.status import statuses

# Whose number is the city's where the admin's choice is silent: those that are there first, then what measures before
# what models, then by slug. What is recorded or made up comes last.
MEASURED = (Station.Provider.OPENAQ, Station.Provider.PUSH)
MODELLED = (Station.Provider.OPENWEATHER, Station.Provider.OPEN_METEO)


@dataclass(frozen=True, slots=True)
class HourOfCity:
    """One variable in one hour: each station's mean, and how many times apart the farthest two are (1: agreed)."""

    at: datetime  # the hour's start
    values: dict[str, float]
    median: float
    spread: float | None  # None where fewer than two stations have a value, or one is not above zero


def disagreement(stations: Sequence[Station], variable: str, start: datetime, end: datetime) -> list[HourOfCity]:
    """The hours with start ≤ at < end in which any of the stations has a value that is not in doubt."""
    hours: defaultdict[datetime, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for document in _readings(stations, variable, start, end):
        hour = clock.aware(document["at"]).replace(minute=0, second=0, microsecond=0)
        hours[hour][document["station"]].append(document["values"][variable])
    return [_hour(at, {slug: fmean(values) for slug, values in hours[at].items()}) for at in sorted(hours)]


def _readings(stations: Sequence[Station], variable: str, start: datetime, end: datetime) -> Iterable[dict[str, Any]]:
    span = {"$gte": clock.naive(start), "$lt": clock.naive(end)}
    clear = {f"values.{variable}": {"$exists": True}, f"flags.{variable}": {"$exists": False}}
    query = {"station": {"$in": [station.slug for station in stations]}, "at": span, **clear}
    return collection(Reading).find(query, {"_id": 0, "station": 1, "at": 1, f"values.{variable}": 1})


def _hour(at: datetime, values: dict[str, float]) -> HourOfCity:
    low, high = min(values.values()), max(values.values())
    spread = high / low if len(values) > 1 and low > 0 else None
    return HourOfCity(at, values, median(values.values()), spread)


def times_apart(own: float | None, others: Sequence[float]) -> float | None:
    """How many times a value differs from the median of others, either way: 1 or more; None where it means nothing."""
    if own is None or not others or own <= 0 or median(others) <= 0:
        return None
    return max(own / median(others), median(others) / own)


def of_city(city: str) -> list[Station]:
    """The public, active stations of a city, by slug."""
    return list(Station.objects.filter(city=city, is_active=True, is_public=True))


def headline(city: str) -> Station | None:
    """The station whose number is the city's."""
    return foremost(of_city(city))


def foremost(stations: list[Station]) -> Station | None:
    """Of a city's stations, the admin's choice while it is not silent, then the order above."""
    if len(stations) == 1:  # whatever it sends, there is no other
        return stations[0]
    present = statuses(stations)
    chosen = [one for one in stations if one.is_headline and present[one.slug] != "silent"]
    ranked = chosen or sorted(stations, key=lambda one: (PRESENCES.index(present[one.slug]), _kind(one)))
    return ranked[0] if ranked else None


def _kind(station: Station) -> int:
    if station.provider in MEASURED:
        return 0
    return 1 if station.provider in MODELLED else 2
