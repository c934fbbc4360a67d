"""Weights of the members for each group of horizons, from errors on data they had not seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize

from detection.forecasting.grid import Array, Rows

GROUP_ENDS_HOURS = (1, 3, 6, 12, 24, 48, 72)
FEWEST_POINTS = 10  # for each member; with fewer all weigh the same
MAX_POINTS = 6_000  # of each group; more change the third digit of a weight
EVEN_SHARE = 0.1  # of the weight is spread by past error alone, so that no member is ever silent
SHARPNESS = 4.0  # how much a member's past error costs it there


def groups(horizon: int, hours: int) -> Rows:
    """(horizon,) the group number of each step ahead."""
    ahead = np.arange(1, horizon + 1) * hours
    return np.minimum(np.searchsorted(GROUP_ENDS_HOURS, ahead), len(GROUP_ENDS_HOURS) - 1).astype(np.int64)


def learn_weights(forecasts: Array, truth: Array, group: Rows) -> Array:
    """forecasts (members, origins, horizon), truth (origins, horizon) → (len(GROUP_ENDS_HOURS), members)."""
    weights = np.full((len(GROUP_ENDS_HOURS), len(forecasts)), 1 / len(forecasts))
    for number in np.unique(group):
        chosen = forecasts[:, :, group == number].reshape(len(forecasts), -1)
        weights[number] = _best(chosen, truth[:, group == number].reshape(-1))
    return weights


def _best(forecasts: Array, truth: Array) -> Array:
    good = np.isfinite(truth) & np.isfinite(forecasts).all(axis=0)
    forecasts, truth = forecasts[:, good], truth[good]
    count = len(forecasts)
    if len(truth) < FEWEST_POINTS * count:
        return np.full(count, 1 / count)
    thin = len(truth) // MAX_POINTS + 1
    errors = np.abs(forecasts - truth).mean(axis=1) + 1e-9
    fallback = (errors / errors.min()) ** -SHARPNESS
    start = fallback / fallback.sum()
    found = _least_absolute(forecasts[:, ::thin], truth[::thin], start)
    return np.asarray((1 - EVEN_SHARE) * found + EVEN_SHARE * start)


def _least_absolute(forecasts: Array, truth: Array, start: Array) -> Array:
    def loss(weights: Array) -> tuple[float, Array]:
        error = weights @ forecasts - truth
        return float(np.abs(error).mean()), forecasts @ np.sign(error) / len(truth)

    simplex: dict[str, Any] = {"type": "eq", "fun": lambda w: w.sum() - 1, "jac": np.ones_like}
    answer = minimize(loss, start, jac=True, bounds=[(0, 1)] * len(start), constraints=simplex, method="SLSQP")
    found = np.clip(answer.x, 0, None)
    return np.asarray(found / found.sum()) if answer.success and found.sum() > 0 else start


def combined(forecasts: Array, weights: Array, group: Rows) -> Array:
    """(origins, horizon); members that answer NaN pass their weight to the others."""
    share = weights[group].T[:, None, :] * np.isfinite(forecasts)
    total = share.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.asarray((share * np.nan_to_num(forecasts)).sum(axis=0) / np.where(total > 0, total, np.nan))
