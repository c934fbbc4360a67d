"""Reading OpenWeather's answers: current, forecast and history share one shape, in µg/m³ already.

Integers and floats are mixed; `coord` is an object in real answers and an array in the documentation.
"""

from datetime import datetime
from typing import Any

from ingestion.observation import Observation, Parsed
from ingestion.providers.errors import Kind, ProviderError
from ingestion.providers.items import (
    BAD_ITEM,
    ItemError,
    components,
    instant,
    not_in_future,
    plausible,
    read_each,
    split_at,
)

NAME = "openweather"
COMPONENTS = ("co", "no", "no2", "o3", "so2", "pm2_5", "pm10", "nh3")
SAME_PLACE = 0.5  # degrees that an answer's place may differ from the one asked for


def parse(payload: Any, now: datetime) -> Parsed:
    """Every usable item of an answer, what lies after `now` as forecast. ProviderError where there is no list."""
    return split_at(now, read_each(_items(payload), read_item))


def parse_observed(payload: Any, now: datetime) -> Parsed:
    """As `parse`, for answers that hold no forecast: a time in the future is refused."""
    return read_each(_items(payload), lambda item: _observed(read_item(item), now))


def _observed(observation: Observation, now: datetime) -> Observation:
    not_in_future(observation.at, now)
    return observation


def read_item(item: dict[str, Any]) -> Observation:
    """One hour. The time is cut to its hour: a live answer may carry the minute, history the hour itself."""
    at = plausible(instant(item["dt"])).replace(minute=0, second=0, microsecond=0)
    values, rejected = components(item["components"], ((code, code) for code in COMPONENTS))
    if not values:
        raise ItemError("no component holds a number")
    return Observation(at, values, NAME, item, rejected)


def coordinates(payload: dict[str, Any]) -> tuple[float, float]:
    """(latitude, longitude) of an answer, from either of the two shapes."""
    coord = payload["coord"]
    if isinstance(coord, dict):
        return float(coord["lat"]), float(coord["lon"])
    latitude, longitude = coord
    return float(latitude), float(longitude)


def check_place(payload: Any, latitude: float, longitude: float) -> None:
    """Raise ProviderError if the answer is for somewhere else; one that names no place passes."""
    try:
        found = coordinates(payload)
    except BAD_ITEM:
        return
    if abs(found[0] - latitude) > SAME_PLACE or abs(found[1] - longitude) > SAME_PLACE:
        sentence = f"OpenWeather answered for {found[0]:.2f}, {found[1]:.2f}, not for the place that was asked for."
        raise ProviderError(Kind.MALFORMED, NAME, sentence)


def _items(payload: Any) -> list[Any]:
    items = payload.get("list") if isinstance(payload, dict) else None
    if isinstance(items, list):
        return items
    raise ProviderError(Kind.MALFORMED, NAME, "OpenWeather sent an answer without a list of hours.")
