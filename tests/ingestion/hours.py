"""Recorded hours of Lahore as observations, for tests of what happens to them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aqi_project.mongo import collection
from ingestion.models import Reading, Station
from ingestion.observation import Observation
from ingestion.recorded.replay import sample
from ingestion.storing.catalogue import ensure_pollutants

HOUR = timedelta(hours=1)
START = datetime(2025, 10, 1, tzinfo=UTC)
# What differs between two runs that did the same, and whether detection has looked.
OF_THE_RUN = ("_id", "station", "received_at", "remarks", "scored_revision")


def station(slug: str = "lahore", **fields: Any) -> Station:
    ensure_pollutants()
    given = {"name": slug.title(), "city": "lahore", "latitude": 31.55, "longitude": 74.34, "provider": "openweather"}
    return Station.objects.create(slug=slug, **{**given, **fields})


def recorded(count: int, start: datetime = START) -> list[Observation]:
    """As they were recorded; hours that are missing in the recording are left out."""
    return [replace(one, provider="openweather") for one in sample() if start <= one.at < start + count * HOUR]


def troubled(count: int) -> list[Observation]:
    """Recorded hours with a stuck sensor, sentinels and a hole in them."""
    hours = [one for index, one in enumerate(recorded(count)) if not 50 <= index < 58]
    for index in range(100, 130):
        hours[index] = changed(hours[index], so2=11.5)
    for index in (20, 160):
        hours[index] = changed(hours[index], pm10=-9999.0)
    return hours


def changed(observation: Observation, **values: float) -> Observation:
    return replace(observation, values={**observation.values, **values})


def stored(slug: str = "lahore") -> list[dict[str, Any]]:
    """A station's documents by time, without what belongs to the run that wrote them."""
    found = collection(Reading).find({"station": slug}).sort("at", 1)
    return [{name: value for name, value in document.items() if name not in OF_THE_RUN} for document in found]


def times(observations: Sequence[Observation]) -> list[datetime]:
    return [one.at for one in observations]
