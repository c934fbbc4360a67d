"""What is expected of the next hours: the newest forecast, else what is usual."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aqi_project.api import ApiError
from aqi_project.clock import HOUR
from detection.api.sensors import untrained
from detection.live import serving
from detection.models import Forecast, Series
from ingestion.models import Station
from ingestion.stations.present import present

FAVOURITE = "pm2_5"
NAMES = {"expected": "q50", "lower": "q025", "upper": "q975"}
Document = dict[str, Any]


def series_of(station: str, variable: str | None) -> Series:
    """The series that is meant, or ApiError: the named one, else PM2.5, else the station's first."""
    found = {series.variable: series for series in Series.objects.filter(station=station)}
    if not found:
        raise untrained(station, "variable")
    if variable is None:
        variable = FAVOURITE if FAVOURITE in found else next(iter(found))
    if variable not in found:
        text = f"{station} has no modelled variable {variable!r}. It has: {', '.join(found)}."
        raise ApiError(404, "unknown_variable", text, "variable")
    return found[variable]


def ahead(series: Series, hours: int) -> Document:
    """The next hours of a series, and where they come from."""
    now = present(Station.objects.get(slug=series.station))
    issued = serving.latest_forecast(series.key)
    points = _of_forecast(issued, now, hours) if issued else []
    if issued and points:
        about = {"source": "forecast", "issued_at": issued.issued_at, "model_version": issued.model_version}
        return {**about, "points": points}
    points = [
        {"at": point.at, "expected": point.expected, "lower": point.lower, "upper": point.upper}
        for point in serving.band_between(series.key, now, now + hours * HOUR)
    ]
    if not points:
        text = f"No model of {series.key} reaches these hours yet. Ask again when it has been trained."
        raise ApiError(409, "not_trained", text, "variable")
    return {"source": "band", "issued_at": None, "model_version": series.champion, "points": points}


def _of_forecast(issued: Forecast, now: datetime, hours: int) -> list[Document]:
    columns = {name: issued.quantiles[quantile] for name, quantile in NAMES.items()}
    times = [issued.start + place * HOUR for place in range(len(columns["expected"]))]
    return [
        {"at": at, **{name: column[place] for name, column in columns.items()}, **_index(issued, place)}
        for place, at in enumerate(times)
        if now <= at <= now + hours * HOUR
    ]


def _index(issued: Forecast, place: int) -> Document:
    """The air quality index of one foretold hour, and how likely each of its categories is."""
    if not issued.categories:
        return {}
    probabilities = zip(issued.categories["codes"], issued.categories["probabilities"][place], strict=True)
    return {"aqi": issued.categories["aqi"][place], "probabilities": dict(probabilities)}
