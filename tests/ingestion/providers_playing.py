"""Answers as OpenWeather and Open-Meteo would give them for any hours, made from recorded ones."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from ingestion.observation import Observation
from tests.ingestion.hours import recorded
from tests.servers.provider import Answer

HOUR = timedelta(hours=1)
OPENWEATHER, HISTORY = "/data/2.5/air_pollution", "/data/2.5/air_pollution/history"
OPEN_METEO = "/v1/air-quality"
NAMES = {
    "pm2_5": "pm2_5",
    "pm10": "pm10",
    "carbon_monoxide": "co",
    "nitrogen_dioxide": "no2",
    "sulphur_dioxide": "so2",
    "ozone": "o3",
}


def hours_until(end: datetime, count: int) -> list[Observation]:
    """Recorded values at the `count` hours up to `end`."""
    last = end.replace(minute=0, second=0, microsecond=0)
    values = [one.values for one in recorded(min(count, 6000))]
    return [Observation(last - back * HOUR, values[back % len(values)], "") for back in reversed(range(count))]


def openweather(hours: Iterable[Observation]) -> Answer:
    items = [{"dt": int(one.at.timestamp()), "main": {"aqi": 4}, "components": one.values} for one in hours]
    return Answer({"coord": {"lon": 74.34, "lat": 31.55}, "list": items})


def open_meteo(hours: Iterable[Observation]) -> Answer:
    rows = list(hours)
    hourly: dict[str, Any] = {"time": [int(one.at.timestamp()) for one in rows]}
    hourly |= {name: [one.values.get(code) for one in rows] for name, code in NAMES.items()}
    return Answer({"hourly": hourly, "hourly_units": dict.fromkeys(NAMES, "μg/m³")})
