"""The two forecasts every other one has to beat."""

from __future__ import annotations

import numpy as np

from detection.forecasting.grid import Array


def persistence(values: Array, horizon: int) -> Array:
    """(n,) history on a regular grid → (n, horizon): the last value, from every step on."""
    return np.repeat(np.asarray(values, dtype=np.float64)[:, None], horizon, axis=1)


def seasonal_naive(values: Array, horizon: int, steps_per_day: int) -> Array:
    """(n,) → (n, horizon): the same hour of the newest day that is known; NaN before the first day."""
    past = np.concatenate([np.full(steps_per_day, np.nan), np.asarray(values, dtype=np.float64)])
    back = (-np.arange(1, horizon + 1)) % steps_per_day
    return np.asarray(past[np.arange(len(values))[:, None] + steps_per_day - back])
