"""What the gate says of a model that was just fitted, and the record that its version keeps."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from detection.lifecycle.gate import held_out
from detection.lifecycle.gate.decision import MARGIN, TOLERANCE, Decision, decide
from detection.lifecycle.gate.expected import distances, expected_by
from detection.lifecycle.gate.held_out import HeldOut, Target
from detection.lifecycle.training.band_table import AFTER
from detection.models import ModelVersion, Series
from detection.timeseries.grid import NotEnoughDataError
from detection.versions import artifacts
from detection.versions.artifacts import ArtifactError

if TYPE_CHECKING:
    import pandas as pd

    from detection.forecasting import Forecaster
    from detection.forecasting.grid import Array

SOON = timedelta(days=14)  # before the champion's band ends, a challenger need not be better, only as good
FIRST = Decision(True, "Nothing served before, so there was nothing to beat.", unrivalled=True)


def assess(
    series: Series, target: Target, frame: pd.DataFrame, forecaster: Forecaster | None, outlived: bool
) -> tuple[dict[str, Any], Decision]:
    """What the version keeps of it (`metrics`, `held_out`), and the gate's decision.

    `outlived`: the source has changed since what serves was trained.
    """
    if unrivalled := _unrivalled(series):
        return _kept(_record_of_first(target, frame, forecaster), unrivalled), unrivalled
    champion, until, margin = _rival(series, frame.index[-1])
    try:
        found = held_out.compare(frame, target, champion, until)
    except NotEnoughDataError as error:
        decision = _unjudged(error, until, frame.index[-1])
        return _kept(None, decision), decision
    errors = {str(name): column.to_numpy() for name, column in found.errors.items()}
    decision = decide(errors, margin, outlived, _expected(series, frame, found) if outlived else None)
    return _kept(found, decision), decision


def _expected(series: Series, frame: pd.DataFrame, found: HeldOut) -> dict[str, Array] | None:
    """How far the readings that judged it came from what it and the champion expected of them."""
    if found.expected is None:
        return None
    times = found.expected.index
    theirs = expected_by(series.key, series.champion, times)
    return distances(frame[series.variable].loc[times], {"challenger": found.expected.to_numpy(), "champion": theirs})


def _unrivalled(series: Series) -> Decision | None:
    """The decision where nothing serves, or nothing that could: as after an upgrade of what opens it."""
    if series.champion is None:
        return FIRST
    try:
        artifacts.check(series.key, series.champion)
    except ArtifactError as error:
        return Decision(True, f"What served cannot be opened, so there is nothing to beat. {error}", unrivalled=True)
    return None


def _unjudged(error: NotEnoughDataError, champion_until: datetime | None, now: datetime) -> Decision:
    """As after a long gap: it serves where the champion no longer can, because its stored range is over."""
    if champion_until is None or champion_until + AFTER < now:
        return Decision(True, f"It could not be judged, but the champion's stored range is over. {error}")
    return Decision(False, f"It could not be judged: {error}")


def _kept(found: HeldOut | None, decision: Decision) -> dict[str, Any]:
    metrics = found.metrics() if found else {}
    return {"metrics": metrics | {"gate": asdict(decision)}, "held_out": found.plot() if found else None}


def _record_of_first(target: Target, frame: pd.DataFrame, forecaster: Forecaster | None) -> HeldOut | None:
    """The errors with which the forecaster has weighed its members: known already, on weeks they had not seen."""
    return held_out.validated(frame, forecaster, target) if forecaster else None


def _rival(series: Series, now: datetime) -> tuple[Forecaster | None, datetime | None, float]:
    """The champion's forecaster, what it was trained until, and the margin that beating it needs."""
    until = trained_until(series)
    if until is None:
        return None, None, MARGIN
    margin = -TOLERANCE if until + AFTER - now < SOON else MARGIN
    try:
        return artifacts.load_forecaster(series.key, series.champion), until, margin
    except ArtifactError:
        return None, None, margin


def trained_until(series: Series) -> datetime | None:
    """The newest reading that the champion has seen."""
    found = ModelVersion.objects.filter(series=series.key, number=series.champion).values_list("trained_to", flat=True)
    return found.first()
