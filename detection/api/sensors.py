"""What a verdict needs to know of a sensor beside its champion, remembered for a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from rest_framework.request import Request

from aqi_project.api import ApiError
from aqi_project.clock import DAY
from detection.live import serving
from detection.live.band import Band
from detection.live.predict import Limits
from detection.live.serving import Champion
from detection.models import Series
from ingestion.api.access import station_or_404
from ingestion.models import Station, Variable

FRESH = timedelta(seconds=30)  # names, units, ranges and intervals hardly ever change


@dataclass(frozen=True, slots=True)
class Sensor:
    """A series that can give verdicts."""

    key: str
    band: Band
    version: int
    limits: Limits
    names: tuple[str, str]
    unit: str


@dataclass(frozen=True, slots=True)
class Description:
    """What people call it: name in English and Urdu, unit; what can be at all; readings a day; may everybody ask?"""

    names: tuple[str, str]
    unit: str
    valid_min: float | None
    valid_max: float | None
    points_per_day: float
    is_public: bool


_descriptions: dict[str, tuple[float, Description]] = {}


def sensor(sensor_id: str, sees: Callable[[str], bool]) -> Sensor:
    """The sensor of that id, or ApiError with a sentence. `sees` says whether the caller may know a private station."""
    champion = champion_of(sensor_id, sees)
    series = champion.series
    told = describe(series)
    if champion.band is None or champion.version is None:
        raise ApiError(409, "not_trained", _why_nothing_serves(champion), "sensor_id")
    return Sensor(series.key, champion.band, champion.version, _limits(series, told), told.names, told.unit)


def _why_nothing_serves(champion: Champion) -> str:
    key = champion.series.key
    if champion.version is None:
        return f"No model of {key} has been trained yet. Ask again when it has enough readings."
    return f"Version {champion.version}, which served {key}, was deleted. Ask again when another has been trained."


def _limits(series: Series, told: Description) -> Limits:
    """The narrower one on each side: what an admin has set for the series, and what its variable can be at all."""
    low = max((one for one in (series.hard_min, told.valid_min) if one is not None), default=None)
    high = min((one for one in (series.hard_max, told.valid_max) if one is not None), default=None)
    return Limits(series.alarm_days, low, high, told.points_per_day)


def champion_of(sensor_id: str, sees: Callable[[str], bool]) -> Champion:
    """What serves the sensor, or ApiError: the same for one that is not there and one that the caller may not see."""
    try:
        champion = serving.champion(sensor_id)
    except serving.UnknownSeriesError as error:
        station = sensor_id.partition("/")[0]
        found = Station.objects.filter(slug=station).first()
        if found is None or not (found.is_public or sees(station)):
            raise unknown(serving.nothing_called(sensor_id)) from None
        raise (unknown(str(error)) if Series.objects.filter(station=station).exists() else untrained(station)) from None
    if not (describe(champion.series).is_public or sees(champion.series.station)):
        raise unknown(serving.nothing_called(sensor_id))
    return champion


def unknown(message: str) -> ApiError:
    """The refusal of a sensor that is not there, or that the caller may not see."""
    return ApiError(404, "unknown_sensor", message, "sensor_id")


def untrained(station: str, field: str = "sensor_id") -> ApiError:
    """The refusal where a station has readings perhaps, and no series yet."""
    text = f"Nothing of {station} has a model yet. Ask again when it has two weeks of readings that are not in doubt."
    return ApiError(409, "not_trained", text, field)


def series_or_404(request: Request, slug: str, variable: str) -> Series:
    """The series, or a refusal with a sentence; that of a station that the caller may not see is not there."""
    station_or_404(request, slug)
    series = Series.objects.filter(key=f"{slug}/{variable}").first()
    if series is None:
        raise unknown(serving.nothing_called(f"{slug}/{variable}"))
    return series


def describe(series: Series) -> Description:
    """What is to be known of a series beside its models, at most FRESH old."""
    read_at, told = _descriptions.get(series.key, (float("-inf"), None))
    if told is None or time.monotonic() - read_at > FRESH.total_seconds():
        told = _describe(series)
        _descriptions[series.key] = (time.monotonic(), told)
    return told


def _describe(series: Series) -> Description:
    variable = Variable.objects.filter(code=series.variable).first() or Variable(name=series.variable)
    station = Station.objects.filter(slug=series.station).first()
    return Description(
        names=(variable.name, variable.name_ur or variable.name),
        unit=variable.unit,
        valid_min=variable.valid_min,
        valid_max=variable.valid_max,
        points_per_day=DAY / station.expected_interval if station else 24.0,
        is_public=station.is_public if station else False,
    )
