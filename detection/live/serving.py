"""What serves now: each series with its champion's band, fresh to half a second in every process."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any

from detection.live.band import Band, BandPoint
from detection.models import Forecast, ModelVersion, Series

FRESH = timedelta(seconds=0.5)  # a promotion is served everywhere within a second
MOST_SERIES = 5_000
MOST_BANDS = 500  # in memory; about 60 kB each


@dataclass(frozen=True, slots=True)
class Champion:
    """A series and the version that serves it. `band` is None while nothing was trained."""

    series: Series
    version: int | None
    band: Band | None


class UnknownSeriesError(LookupError):
    """There is no such series, or its name is ambiguous. The message says what there is."""


_series: dict[str, Series] = {}  # those that were asked for, all read anew together
_lone: dict[str, tuple[float, str | None]] = {}  # stations asked for by themselves, and their only series
_reading = Lock()
_read_at = [float("-inf")]


def champion(sensor_id: str) -> Champion:
    """The champion of `station/variable`, or of a station that has one variable only."""
    key = sensor_id if "/" in sensor_id else _only_series(sensor_id)
    series = _fresh_series(key) if key else None
    if series is None:
        raise UnknownSeriesError(_what_there_is(sensor_id))
    if series.champion is None:
        return Champion(series, None, None)
    try:
        return Champion(series, series.champion, _band(series.pk, series.key, series.champion))
    except ModelVersion.DoesNotExist:
        return Champion(series, series.champion, None)


def _fresh_series(key: str) -> Series | None:
    _read_anew()
    found = _series.get(key) or Series.objects.filter(key=key).first()
    if found and key not in _series:
        if len(_series) >= MOST_SERIES:
            _series.clear()
        _series[key] = found
    return found  # and not what another thread has made of the memory meanwhile


def _read_anew() -> None:
    """Read all series in use with one command, so that the cost of a request does not grow with their number."""
    now = time.monotonic()
    if now - _read_at[0] <= FRESH.total_seconds() or not _reading.acquire(blocking=False):
        return
    try:
        keys = list(_series)
        found = {series.key: series for series in Series.objects.filter(key__in=keys)} if keys else {}
        _series.update(found)
        for key in set(keys) - set(found):
            _series.pop(key, None)
        _read_at[0] = now
    finally:
        _reading.release()


def _only_series(station: str) -> str | None:
    read_at, key = _lone.get(station, (float("-inf"), None))
    if time.monotonic() - read_at > FRESH.total_seconds():
        keys = list(Series.objects.filter(station=station).values_list("key", flat=True)[:2])
        key = keys[0] if len(keys) == 1 else None
        if key:
            _lone[station] = (time.monotonic(), key)
        else:
            _lone.pop(station, None)
    return key


@lru_cache(maxsize=MOST_BANDS)
def _band(owner: Any, series: str, number: int) -> Band:
    """Versions never change, so their bands stay in memory.

    `owner`: the id of the series. Where the source of a station has changed, another series gets the key, and its
    versions are numbered from one again.
    """
    return Band(ModelVersion.objects.values_list("band", flat=True).get(series=series, number=number))


def band_of(version: ModelVersion) -> Band:
    """The band of a version."""
    series = _fresh_series(version.series)
    return _band(series.pk if series else None, version.series, version.number)


def forget() -> None:
    """Read everything anew: for tests, which change what cannot change."""
    _series.clear()
    _lone.clear()
    _band.cache_clear()
    _read_at[0] = float("-inf")


def _what_there_is(sensor_id: str) -> str:
    keys = list(Series.objects.filter(station=sensor_id.partition("/")[0]).values_list("key", flat=True))
    if keys:
        return f"There is no series {sensor_id!r}. This station has: {', '.join(keys)}."
    return nothing_called(sensor_id)


def nothing_called(sensor_id: str) -> str:
    return f"There is no series {sensor_id!r}. GET /api/v1/stations lists the stations."


def band_between(series_key: str, start: datetime, end: datetime) -> list[BandPoint]:
    """The champion's band on its grid; empty where nothing was trained or the span is outside the grid."""
    found = champion(series_key)
    return found.band.between(start, end) if found.band else []


def latest_forecast(series_key: str) -> Forecast | None:
    """The newest forecast that was issued for a series."""
    return Forecast.objects.filter(series=series_key).order_by("-issued_at").first()
