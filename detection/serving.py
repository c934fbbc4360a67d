"""What serves now: each series with its champion's band, fresh to half a second in every process."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from detection.band import Band, BandPoint
from detection.models import Forecast, ModelVersion, Series

FRESH = timedelta(seconds=0.5)  # a promotion is served everywhere within a second


@dataclass(frozen=True, slots=True)
class Champion:
    """A series and the version that serves it. `band` is None while nothing was trained."""

    series: Series
    version: int | None
    band: Band | None


class UnknownSeriesError(LookupError):
    """There is no such series, or its name is ambiguous. The message says what there is."""


_series: dict[str, tuple[float, Series | None]] = {}
_bands: dict[tuple[str, int], Band] = {}


def champion(sensor_id: str) -> Champion:
    """The champion of `station/variable`, or of a station that has one variable only."""
    series = _fresh_series(sensor_id)
    if series is None:
        raise UnknownSeriesError(_what_there_is(sensor_id))
    if series.champion is None:
        return Champion(series, None, None)
    return Champion(series, series.champion, _band(series.key, series.champion))


def _fresh_series(sensor_id: str) -> Series | None:
    read_at, series = _series.get(sensor_id, (float("-inf"), None))
    if time.monotonic() - read_at > FRESH.total_seconds():
        series = _find(sensor_id)
        if series is not None:
            _series[sensor_id] = (time.monotonic(), series)
        else:
            _series.pop(sensor_id, None)
    return series


def _find(sensor_id: str) -> Series | None:
    if "/" in sensor_id:
        return Series.objects.filter(key=sensor_id).first()
    found = list(Series.objects.filter(station=sensor_id)[:2])
    return found[0] if len(found) == 1 else None


def _what_there_is(sensor_id: str) -> str:
    keys = list(Series.objects.filter(station=sensor_id.partition("/")[0]).values_list("key", flat=True))
    if keys:
        return f"There is no series {sensor_id!r}. This station has: {', '.join(keys)}."
    return nothing_called(sensor_id)


def nothing_called(sensor_id: str) -> str:
    return f"There is no series {sensor_id!r}. GET /api/v1/stations lists the stations."


def _band(series: str, number: int) -> Band | None:
    if (series, number) not in _bands:
        document = ModelVersion.objects.filter(series=series, number=number).values_list("band", flat=True).first()
        if document is None:
            return None
        for stale in [key for key in list(_bands) if key[0] == series]:
            _bands.pop(stale, None)
        _bands[series, number] = Band(document)
    return _bands[series, number]


def band_between(series_key: str, start: datetime, end: datetime) -> list[BandPoint]:
    """The champion's band on its grid; empty where nothing was trained or the span is outside the grid."""
    found = champion(series_key)
    return found.band.between(start, end) if found.band else []


def latest_forecast(series_key: str) -> Forecast | None:
    """The newest forecast that was issued for a series."""
    return Forecast.objects.filter(series=series_key).order_by("-issued_at").first()
