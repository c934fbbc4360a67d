"""Fitting a series anew: from stored readings to a version that can serve."""

from __future__ import annotations

import hashlib
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument

from aqi_project.mongo import collection
from detection import artifacts, frames, gate, held_out
from detection.artifacts import ArtifactError
from detection.detectors import NotEnoughDataError
from detection.gate import Decision
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
SOON = timedelta(days=14)  # before the champion's band ends, a challenger need not be better, only as good
LIBRARIES = ("numpy", "pandas", "prophet", "scikit-learn", "scipy")
DIGITS = 3
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
    Raises NotEnoughDataError, in a sentence for whoever asked.
    """
    began = time.monotonic()
    station = Station.objects.get(slug=series.station)
    frame = readings_of(series, window_starts_at)
    parameters = {"detectors": list(series.detectors or USUAL), "window_days": WINDOW.days}
    known = _still_right(series, frame, parameters)
    if known:
        return Trained(known, False, None)
    watch = Watch.fit(frame, series.variable, series.detectors or USUAL, station.expected_interval, station.timezone)
    forecaster = _forecaster(series.variable, station, frame, watch)
    metrics, decision = _judged(series, station, frame)
    number = _next_number(series.key)
    fitted = {**watch.detectors, **({artifacts.FORECASTER: forecaster} if forecaster else {})}
    artifacts.save(series.key, number, fitted)
    version = ModelVersion.objects.create(
        series=series.key,
        number=number,
        reason=reason,
        parent=series.champion,
        parameters=parameters,
        trained_from=frame.index[0],
        trained_to=frame.index[-1],
        rows=int(frame[series.variable].count()),
        data_hash=hash_of(frame),
        metrics=metrics,
        libraries=libraries(),
        seconds=round(time.monotonic() - began, 2),
        band=band_of(watch.detectors["prophet_band"], frame, series.variable),
        calibration=watch.dump(),
    )
    return Trained(version, True, decision)


def readings_of(series: Series, window_starts_at: datetime | None = None) -> pd.DataFrame:
    """What a training of the series reads: WINDOW up to the newest reading, after the source's last change."""
    newest = frames.newest_at(series.station)
    if newest is None:
        raise NotEnoughDataError(f"{series.station} has no readings yet: there is nothing to learn {series.key} from.")
    changes = [moment for moment in (series.window_starts_at, window_starts_at) if moment is not None]
    frame = frames.load(series.station, max([newest - WINDOW, *changes]), newest)
    if series.variable not in frame or not frame[series.variable].count():
        raise NotEnoughDataError(f"{series.station} has sent no usable {series.variable} to learn from.")
    return frame


def libraries() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}


def _still_right(series: Series, frame: pd.DataFrame, parameters: dict[str, Any]) -> ModelVersion | None:
    """The champion, where a training would only repeat it."""
    same = ModelVersion.objects.filter(series=series.key, number=series.champion, data_hash=hash_of(frame)).first()
    if same is None or same.parameters != parameters or same.libraries != libraries():
        return None
    try:
        artifacts.check(series.key, same.number)
    except ArtifactError:
        return None
    return same


def _judged(series: Series, station: Station, frame: pd.DataFrame) -> tuple[dict[str, Any], Decision]:
    """The held-out record as the version keeps it, and the gate's decision."""
    champion, until, margin = _rival(series, frame.index[-1])
    try:
        found = held_out.compare(frame, series.variable, station.expected_interval, station.timezone, champion, until)
    except NotEnoughDataError as error:
        decision = gate.Decision(False, f"It could not be judged: {error}")
        return {"gate": asdict(decision)}, decision
    decision = gate.decide(found.errors, margin)
    return found.metrics() | {"gate": asdict(decision)}, decision


def _rival(series: Series, now: datetime) -> tuple[Forecaster | None, datetime | None, float]:
    """The champion's forecaster, what it was trained until, and the margin that beating it needs."""
    until = trained_until(series)
    if until is None:
        return None, None, gate.MARGIN
    margin = -gate.TOLERANCE if until + AFTER - now < SOON else gate.MARGIN
    try:
        return artifacts.load_forecaster(series.key, series.champion), until, margin
    except ArtifactError:
        return None, None, margin


def _forecaster(variable: str, station: Station, frame: pd.DataFrame, watch: Watch) -> Forecaster | None:
    """The forecaster, with the season that the band has learnt already; None for a history too short."""
    until, band = frame.index[-1] + AFTER, watch.detectors["prophet_band"]
    try:
        return held_out.fitted_forecaster(frame, until, variable, station.expected_interval, station.timezone, band)
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


def ensure_series(station: Station) -> list[Series]:
    """A series for each variable that the station still sends and has sent often enough to learn from."""
    newest = frames.newest_at(station.slug)
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


def trained_until(series: Series) -> datetime | None:
    """The newest reading that the champion has seen."""
    found = ModelVersion.objects.filter(series=series.key, number=series.champion).values_list("trained_to", flat=True)
    return found.first()
