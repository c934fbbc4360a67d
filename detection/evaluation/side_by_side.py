"""The detectors of one model beside each other, on the months that its thresholds come from.

What each flags there by itself, and what it finds of events that are put in: a table to show, made at each training.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detection.calibration.threshold import threshold_for
from detection.evaluation.bands import rounded
from detection.evaluation.comparison import compare
from detection.evaluation.ensemble import SYSTEM
from detection.evaluation.protocol import TEST, between, found, regular, spoil
from detection.timeseries.injection import Event

if TYPE_CHECKING:
    import pandas as pd

    from detection.detectors.ensemble import Ensemble

STRICT, LOOSE = 0.25, 1.0  # false alarms a week: of the count, of the comparison
EVENTS, SEED = 17, 1  # in half a year
Scores = Mapping[str, NDArray[np.float64]]


def side_by_side(ensemble: Ensemble, frame: pd.DataFrame, target: str, interval: timedelta) -> list[dict[str, Any]]:
    """A row for each detector of a fitted ensemble and one for all together; `champion` marks the highest F1."""
    grid = regular(frame, interval)
    since = grid.index[-1] - timedelta(days=ensemble.total.days)
    part = between(grid, since - ensemble.memory, grid.index[-1] + interval)
    rows = len(part) - int(part.index.searchsorted(since))
    count = max(1, round(EVENTS * ensemble.total.days / (TEST / timedelta(days=1))))
    spoilt, events = spoil(part, target, since, count, SEED)
    clean, changed = _scores(ensemble, part, target, rows), _scores(ensemble, spoilt, target, rows)
    values, per_hour = part[target].iloc[-rows:], timedelta(hours=1) / interval
    known = {kind: scores for kind, scores in clean.items() if np.isfinite(scores).any()}
    table = [_row(kind, values, scores, changed[kind], events, per_hour) for kind, scores in known.items()]
    best = max((row["f1"] for row in table), default=0.0)
    return [{**row, "champion": row["f1"] == best > 0} for row in table]


def _scores(ensemble: Ensemble, frame: pd.DataFrame, target: str, rows: int) -> Scores:
    """By detector; NaN where the target is missing."""
    missing = frame[target].iloc[-rows:].isna().to_numpy()
    scores = ensemble.scores(frame, rows)
    surprises = [one.surprise for one in ensemble.tallies(scores, rows)]
    return {kind: np.where(missing, np.nan, column) for kind, column in {**scores, SYSTEM: surprises}.items()}


def _row(
    kind: str,
    values: pd.Series[float],
    clean: NDArray[np.float64],
    changed: NDArray[np.float64],
    events: list[Event],
    per_hour: float,
) -> dict[str, Any]:
    caught = found(changed, events, threshold_for(clean, STRICT, per_hour), per_hour)
    flagged = asdict(compare(values, clean >= threshold_for(clean, LOOSE, per_hour)))
    numbers = {name: rounded(number) for name, number in flagged.items()}
    return {"detector": kind, "f1": rounded(caught.f1), "found": caught.hits, "events": len(events), **numbers}
