"""Fitting a series anew: from stored readings to a version that can serve."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument

from aqi_project.mongo import collection
from detection import frames
from detection.detectors.ensemble import USUAL, Ensemble
from detection.lifecycle.gate.assessment import assess
from detection.lifecycle.gate.decision import Decision
from detection.lifecycle.gate.held_out import Target, fitted_forecaster
from detection.lifecycle.training.band_table import AFTER, table_of
from detection.lifecycle.training.detector_choice import detectors_of
from detection.lifecycle.training.readings import SEASONS, WINDOW, changed_at, hash_of, readings_of
from detection.models import ModelVersion, Series
from detection.timeseries.columns import own
from detection.timeseries.grid import NotEnoughDataError
from detection.versions import artifacts
from detection.versions.artifacts import ArtifactError
from detection.versions.compatibility import made_with
from ingestion.models import Station
from ingestion.newest import newest_at

if TYPE_CHECKING:
    import pandas as pd

    from detection.forecasting import Forecaster

FEWEST_READINGS = 24 * 14
STILL_SENT = timedelta(days=30)


@dataclass(frozen=True)
class Trained:
    """A version, whether this training wrote it, and what the gate says of it (None: nothing new to judge)."""

    version: ModelVersion
    is_new: bool
    decision: Decision | None


def train(series: Series, reason: str, window_starts_at: datetime | None = None) -> Trained:
    """Fit the series' detectors on its station's readings and store the version; it does not serve yet.

    Where readings, settings and libraries are those of the champion, nothing is fitted and `is_new` is False.
    Raises NotEnoughDataError and WrongChoiceError, in a sentence for whoever asked.
    """
    from detection.evaluation.side_by_side import side_by_side

    began = time.monotonic()
    changed = changed_at(series, window_starts_at)
    frame = readings_of(series, changed)
    kinds = detectors_of(series, USUAL)
    parameters = {"detectors": kinds, "window_days": WINDOW.days, "seasons_days": SEASONS.days}
    if changed:
        parameters["window_starts_at"] = changed.isoformat()
    known = _still_right(series, frame, parameters)
    if known:
        return Trained(known, False, None)
    station = Station.objects.get(slug=series.station)
    usual = frame.loc[changed:]
    target = Target(series.variable, station.expected_interval, station.timezone, changed)
    ensemble = Ensemble.fit(usual, target.variable, kinds, target.interval, target.zone, WINDOW)
    alone = frame[own(frame)]  # a forecast is issued from the station's own readings, and judged by them
    forecaster = _forecaster(alone, target, ensemble)
    record, decision = assess(series, target, alone, forecaster, outlived=window_starts_at is not None)
    learnt = usual.loc[usual.index[-1] - WINDOW :]
    record["metrics"]["detectors"] = side_by_side(ensemble, learnt, target.variable, target.interval)
    made = _stored(series, usual, ensemble, forecaster, {
        "reason": reason, "parameters": parameters, "data_hash": hash_of(frame),
        "seconds": round(time.monotonic() - began, 2), **record,
    })  # fmt: skip
    return Trained(made, True, decision)


def _stored(
    series: Series, frame: pd.DataFrame, ensemble: Ensemble, forecaster: Forecaster | None, about: dict[str, Any]
) -> ModelVersion:
    """The artifacts first: a version without them could not serve; artifacts without a version are cleared away."""
    number = _next_number(series.key)
    forecasts = {artifacts.FORECASTER: forecaster} if forecaster else {}
    artifacts.save(series.key, number, {**ensemble.detectors, **forecasts})
    return ModelVersion.objects.create(
        series=series.key,
        number=number,
        parent=series.champion,
        trained_from=frame.index[0],
        trained_to=frame.index[-1],
        rows=int(frame[series.variable].count()),
        libraries=made_with(),
        band=table_of(ensemble.detectors["prophet_band"], frame, series.variable),
        calibration=ensemble.dump(),
        **about,
    )


def _still_right(series: Series, frame: pd.DataFrame, parameters: dict[str, Any]) -> ModelVersion | None:
    """The champion, where a training would only repeat it."""
    same = ModelVersion.objects.filter(series=series.key, number=series.champion, data_hash=hash_of(frame)).first()
    if same is None or same.parameters != parameters or same.libraries != made_with():
        return None
    try:
        artifacts.check(series.key, same.number)
    except ArtifactError:
        return None
    return same


def _forecaster(frame: pd.DataFrame, target: Target, ensemble: Ensemble) -> Forecaster | None:
    """The forecaster, with the season that the band has learnt already; None for a history too short."""
    try:
        return fitted_forecaster(frame, frame.index[-1] + AFTER, target, ensemble.detectors["prophet_band"])
    except NotEnoughDataError:
        return None


def _next_number(key: str) -> int:
    found = collection(Series).find_one_and_update(
        {"key": key}, {"$inc": {"last_number": 1}}, return_document=ReturnDocument.AFTER
    )
    return int(found["last_number"])


def ensure_series(station: Station) -> list[Series]:
    """A series for each variable that the station still sends and has sent often enough to learn from."""
    newest = newest_at(station.slug)
    if newest is None:
        return []
    frame = frames.load(station.slug, newest - WINDOW)
    counts = frame.count()
    lately = frame.loc[frame.index[-1] - STILL_SENT :].count()
    wanted = [code for code in frame if counts[code] >= FEWEST_READINGS and lately[code]]
    for code in wanted:
        place = {"station": station.slug, "variable": code}
        Series.objects.get_or_create(key=f"{station.slug}/{code}", defaults=place)
    return list(Series.objects.filter(station=station.slug, variable__in=wanted))
