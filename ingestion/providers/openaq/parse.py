"""Reading OpenAQ's answers: a location has sensors, each measures one parameter in a unit of its own.

Readings are stamped with the end of their period, in `latest` and in `measurements` alike. -999 occurs as a value;
it is passed on as it is, for the quality step to flag.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingestion.observation import Observation, Parsed
from ingestion.providers.errors import Kind, ProviderError
from ingestion.providers.items import BAD_ITEM, canonical, instant, not_in_future, number, plausible, read_each

NAME = "openaq"
CODES = {
    "pm25": "pm2_5",
    "pm10": "pm10",
    "no2": "no2",
    "so2": "so2",
    "o3": "o3",
    "co": "co",
    "no": "no",
    "nh3": "nh3",
    "temperature": "temperature",
    "relativehumidity": "humidity",
}


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor of a location: its number, our code of what it measures, its unit."""

    id: int
    code: str
    unit: str


def parse_sensors(payload: Any) -> list[Sensor]:
    """The sensors of a location whose parameter this project knows, one per code: the lowest number wins.

    ProviderError where there is none: then the station's reference is wrong.
    """
    sensors: dict[str, Sensor] = {}
    for sensor in sorted(_sensors(payload), key=lambda one: one.id):
        sensors.setdefault(sensor.code, sensor)
    if not sensors:
        sentence = "OpenAQ lists no sensor for anything that is known here. Check the station's reference."
        raise ProviderError(Kind.REFUSED, NAME, sentence)
    return list(sensors.values())


def _sensors(payload: Any) -> Iterator[Sensor]:
    for location in results(payload):
        given = location.get("sensors") if isinstance(location, dict) else None
        for one in given if isinstance(given, list) else []:
            with suppress(*BAD_ITEM):
                parameter = one["parameter"]
                yield Sensor(int(one["id"]), CODES[parameter["name"]], str(parameter["units"]))


def parse_latest(payload: Any, sensors: Iterable[Sensor], now: datetime) -> Parsed:
    """The newest value of each of these sensors. Those that report apart become readings of their own time."""
    known = {sensor.id: sensor for sensor in sensors}
    return read_each(results(payload), lambda item: _read_item(item, known.get(item["sensorsId"]), now))


def parse_measurements(payload: Any, sensor: Sensor, now: datetime) -> Parsed:
    """One page of one sensor's measurements."""
    return read_each(results(payload), lambda item: _read_item(item, sensor, now))


def results(payload: Any) -> list[Any]:
    """The list that every answer holds, or ProviderError."""
    found = payload.get("results") if isinstance(payload, dict) else None
    if isinstance(found, list):
        return found
    raise ProviderError(Kind.MALFORMED, NAME, "OpenAQ sent an answer without a list of results.")


def _read_item(item: dict[str, Any], sensor: Sensor | None, now: datetime) -> Observation | None:
    if sensor is None:
        return None
    at = not_in_future(plausible(instant(_time_of(item))), now)
    return Observation(at, {sensor.code: canonical(number(item["value"]), sensor.unit, sensor.code)}, NAME, item)


def _time_of(item: dict[str, Any]) -> Any:
    return item["datetime"]["utc"] if "datetime" in item else item["period"]["datetimeTo"]["utc"]
