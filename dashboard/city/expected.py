"""Where pages get expected bands and forecasts from: stored numbers, looked up. No model runs here."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from detection.live import serving
from detection.live.band import BandPoint, OutsideBandError
from detection.models import Forecast, ModelVersion


def usual_at(series_key: str, at: datetime) -> BandPoint | None:
    """The range in which 95 of 100 values are expected to lie at `at`; None where no model says so."""
    try:
        band = serving.champion(series_key).band
        return band.at(at) if band else None
    except (serving.UnknownSeriesError, OutsideBandError):
        return None


class Rarity(NamedTuple):
    """As rare as once in so many days, counted in a record of so many; beyond that it is extrapolated."""

    days: float
    record_days: float


UNKNOWN = Rarity(0.0, 0.0)


def rarity_of(series_key: str, usual: BandPoint, value: float) -> Rarity:
    """How rarely a value lies as far from the usual one."""
    band = serving.champion(series_key).band
    return Rarity(band.tail.days_between(band.distance(usual, value)), band.tail.days) if band else UNKNOWN


def is_modelled(series_key: str) -> bool:
    """Whether anything says what is usual."""
    try:
        return serving.champion(series_key).band is not None
    except serving.UnknownSeriesError:
        return False


def usual_between(series_key: str, start: datetime, end: datetime) -> list[BandPoint]:
    """The same on the model's own grid; empty where nothing is modelled."""
    try:
        return serving.band_between(series_key, start, end)
    except serving.UnknownSeriesError:
        return []


def usual_throughout(series_key: str, start: datetime, end: datetime) -> list[BandPoint]:
    """The same with both ends, which lie between the grid's points where a series is finer than that."""
    edges = [point for point in (usual_at(series_key, start), usual_at(series_key, end)) if point]
    points = {point.at: point for point in (*edges, *usual_between(series_key, start, end))}
    return [points[at] for at in sorted(points)]


def usual_then(series_key: str, number: int, start: datetime, end: datetime) -> list[BandPoint]:
    """What version `number` called usual, whatever serves now; empty where it is not kept."""
    found = ModelVersion.objects.filter(series=series_key, number=number)
    version = found.defer("band", "calibration").first()
    return serving.band_of(version).between(start, end) if version else []


def issued_together(forecast: Forecast, codes: Iterable[str]) -> dict[str, Forecast]:
    """What was foretold of these variables of its station from the same reading, by variable."""
    slug = forecast.series.partition("/")[0]
    keys = {f"{slug}/{code}": code for code in codes}
    found = Forecast.objects.filter(series__in=list(keys), issued_at=forecast.issued_at)
    return {keys[one.series]: one for one in found}


def latest_forecast(series_key: str) -> Forecast | None:
    return serving.latest_forecast(series_key)
