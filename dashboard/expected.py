"""Where pages get expected bands and forecasts from: stored numbers, looked up. No model runs here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from detection.models import Forecast, ModelVersion, Series

VERSIONS_KEPT = 128  # a version never changes; one is about 50 kB


@dataclass(frozen=True)
class BandPoint:
    """The range in which 95 of 100 values are expected to lie at one moment."""

    at: datetime
    expected: float
    lower: float
    upper: float


def band_between(series_key: str, start: datetime, end: datetime) -> list[BandPoint]:
    """The champion's band on its own grid from `start` to `end`, both aware; empty without a champion."""
    champion = Series.objects.filter(key=series_key).values_list("champion", flat=True).first()
    if champion is None:
        return []
    return list(_points(_band(series_key, champion), start, end))


def latest_forecast(series_key: str) -> Forecast | None:
    return Forecast.objects.filter(series=series_key).order_by("-issued_at").first()


@lru_cache(VERSIONS_KEPT)
def _band(series_key: str, number: int) -> dict[str, Any]:
    return ModelVersion.objects.values_list("band", flat=True).get(series=series_key, number=number)


def _points(band: dict[str, Any], start: datetime, end: datetime) -> Iterator[BandPoint]:
    first = datetime.fromisoformat(band["start"])
    first = first if first.tzinfo else first.replace(tzinfo=UTC)
    step = timedelta(seconds=band["step_seconds"])
    from_row = max(0, -((first - start) // step))
    to_row = min(len(band["expected"]), (end - first) // step + 1)
    for row in range(from_row, to_row):
        yield BandPoint(first + row * step, band["expected"][row], band["lower"][row], band["upper"][row])
