"""Fitting a series anew: from stored readings to a version that can serve."""

from __future__ import annotations

import hashlib
import time
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument

from aqi_project import clock
from aqi_project.mongo import collection
from detection import artifacts, frames
from detection.models import ModelVersion, Series
from detection.rarity import Tail
from detection.watch import CALIBRATED_ON, DAY, USUAL, Watch
from ingestion.models import Station

if TYPE_CHECKING:
    import pandas as pd

    from detection.detectors.prophet_band import ProphetBand
    from detection.forecasting import Forecaster

WINDOW = timedelta(days=400)  # of history that a training reads
BEFORE = timedelta(days=35)  # what the stored band covers before the training's end …
AFTER = timedelta(days=60)  # … and after it
LIBRARIES = ("numpy", "pandas", "prophet", "scikit-learn", "scipy")
DIGITS = 3
FEWEST_READINGS = 24 * 14
STILL_SENT = timedelta(days=30)


def train(series: Series, reason: str) -> ModelVersion:
    """Fit the series' detectors on its station's readings and store the version; it does not serve yet.

    Raises NotEnoughDataError, in a sentence for whoever asked.
    """
    began = time.monotonic()
    station = Station.objects.get(slug=series.station)
    frame = frames.load(series.station, clock.now() - WINDOW)
    watch = Watch.fit(frame, series.variable, series.detectors or USUAL, station.expected_interval, station.timezone)
    number = _next_number(series.key)
    forecaster = _forecaster(series.variable, station, frame, watch)
    artifacts.save(
        series.key, number, {**watch.detectors, **({artifacts.FORECASTER: forecaster} if forecaster else {})}
    )
    return ModelVersion.objects.create(
        series=series.key,
        number=number,
        reason=reason,
        parent=series.champion,
        parameters={"detectors": list(watch.detectors), "window_days": WINDOW.days},
        trained_from=frame.index[0],
        trained_to=frame.index[-1],
        rows=int(frame[series.variable].count()),
        data_hash=hash_of(frame),
        libraries={name: version(name) for name in LIBRARIES},
        seconds=round(time.monotonic() - began, 2),
        band=band_of(watch.detectors["prophet_band"], frame, series.variable),
        calibration=watch.dump(),
    )


def _forecaster(variable: str, station: Station, frame: pd.DataFrame, watch: Watch) -> Forecaster | None:
    """The forecaster, with the season that the band has learnt already; None for a history too short."""
    import pandas as pd

    from detection.forecasting import Forecaster, NotEnoughDataError

    hours = pd.date_range(frame.index[0].floor("h"), frame.index[-1] + AFTER, freq="h")
    season = watch.detectors["prophet_band"].band(hours)["expected"]
    try:
        return Forecaster(variable, station.timezone, station.expected_interval).fit(frame, season)
    except NotEnoughDataError:
        return None


def _next_number(key: str) -> int:
    found = collection(Series).find_one_and_update(
        {"key": key}, {"$inc": {"last_number": 1}}, return_document=ReturnDocument.AFTER
    )
    return int(found["last_number"])


def hash_of(frame: pd.DataFrame) -> str:
    """SHA-256 of the data a model saw."""
    content = frame.index.asi8.tobytes() + frame.to_numpy().tobytes() + ",".join(frame.columns).encode()
    return hashlib.sha256(content).hexdigest()


def band_of(detector: ProphetBand, frame: pd.DataFrame, variable: str) -> dict[str, Any]:
    """The band on an hourly grid, and the tail of how far past readings lay from the expected value."""
    import pandas as pd

    step = max(detector.interval, timedelta(hours=1))
    start, end = (frame.index[-1] + offset for offset in (-BEFORE, AFTER))
    table = detector.band(pd.date_range(start.floor("h"), end, freq=step))
    past = frame[variable].loc[frame.index[-1] - CALIBRATED_ON :].dropna()
    columns = {"expected": "expected", "lower": "q025", "upper": "q975"}
    document = {name: table[column].round(DIGITS).tolist() for name, column in columns.items()}
    tail = Tail.of(_distances(detector.band(past.index), past), (past.index[-1] - past.index[0]) / DAY)
    document |= {"start": table.index[0].isoformat(), "step_seconds": step.total_seconds(), "tail": tail.dump()}
    return document


def _distances(band: pd.DataFrame, values: pd.Series[float]) -> list[float]:
    """How far values lie from the expected one: 1 at the edge of the 95 % range, as Band.distance has it."""
    edge = band["q975"].where(values >= band["expected"], band["q025"])
    return list(((values - band["expected"]).abs() / (edge - band["expected"]).abs().clip(lower=1e-9)).tolist())


def promote(series: Series, number: int) -> bool:
    """Let a version serve, unless another was promoted since `series` was read. Returns whether it does now."""
    unchanged = Series.objects.filter(key=series.key, champion=series.champion)
    return bool(unchanged.update(champion=number))


def ensure_series(station: Station) -> list[Series]:
    """A series for each variable that the station still sends and has sent often enough to learn from."""
    frame = frames.load(station.slug, clock.now() - WINDOW)
    if frame.empty:
        return []
    counts = frame.count()
    lately = frame.loc[frame.index[-1] - STILL_SENT :].count()
    wanted = [code for code in frame if counts[code] >= FEWEST_READINGS and lately[code]]
    for code in wanted:
        place = {"station": station.slug, "variable": code}
        Series.objects.get_or_create(key=f"{station.slug}/{code}", defaults=place)
    return list(Series.objects.filter(station=station.slug, variable__in=wanted))


def trained_until(series: Series) -> datetime | None:
    """The newest reading that the champion has seen."""
    found = ModelVersion.objects.filter(series=series.key, number=series.champion).values_list("trained_to", flat=True)
    return found.first()
