"""When did it change? The most likely moment of a change that all series of a source share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from detection.detectors import NotEnoughDataError
from detection.detectors.grid import check_frame
from detection.drift import residuals
from detection.drift.steps import level_change
from detection.forecasting.grid import Array, infer_interval, step_hours, to_grid

SPANS_HOURS = (12, 48, 168)  # compared before and after each moment: sharp, and lasting


def change_time(frame: pd.DataFrame, timezone: str) -> tuple[pd.Timestamp, dict[str, float]]:
    """The first reading after the change, and each series' new level ÷ old (NaN of what can be negative).

    Looks for one change in the whole frame, at least two weeks of it with a week on both sides, and answers the
    likeliest moment even if nothing changed: ask `check` first. Raises NotEnoughDataError for a shorter frame.
    """
    check_frame(frame)
    rhythm = infer_interval(pd.DatetimeIndex(frame.index))
    hours = step_hours(rhythm)
    grid = to_grid(frame, hours, rhythm).dropna(axis=1, how="all")
    spans = [max(2, wide // hours) for wide in SPANS_HOURS]
    span = spans[-1]
    if len(grid) < 2 * span or grid.empty:
        raise NotEnoughDataError("Dating a change needs at least two weeks of readings.")
    pasts = {str(c): residuals.build(grid[c], len(grid), hours, timezone) for c in grid}
    seen = np.asarray(np.isfinite(np.stack([past.residual for past in pasts.values()])).any(axis=0))
    gains = np.stack([_gain(past.residual[seen], s) for past in pasts.values() for s in spans])
    gains[:, :span], gains[:, len(gains[0]) - span + 1 :] = 0.0, 0.0
    where = int(np.argmax(np.nansum(gains, axis=0)))
    changes = [level_change(past.residual[seen], span)[where] if past.is_ratio else np.nan for past in pasts.values()]
    moment = pd.DatetimeIndex(next(iter(pasts.values())).index)[seen][where]
    return moment, {name: float(np.exp(change)) for name, change in zip(pasts, changes, strict=True)}


def _gain(residual: Array, span: int) -> Array:
    """(n,): how much less a span on each side varies about its own mean than both about one."""
    total, before, after = (_variance(residual, low, high) for low, high in ((-span, span), (-span, 0), (0, span)))
    return np.asarray(np.log(total) - np.log((before + after) / 2))


def _variance(residual: Array, low: int, high: int) -> Array:
    """(n,) variance from `low` to `high` steps around each; NaN where the span leaves the series."""
    spans = pd.Series(residual).rolling(high - low, min_periods=(high - low) // 2).var(ddof=0)
    shifted = spans.shift(1 - high).to_numpy(dtype=np.float64)
    here = np.arange(len(residual))
    return np.where((here + low >= 0) & (here + high <= len(residual)), np.maximum(shifted, 1e-9), np.nan)
