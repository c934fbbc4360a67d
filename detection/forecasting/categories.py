"""From quantiles of a concentration to the probability of each category of an index."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detection.forecasting.bands import QUANTILES
from detection.forecasting.grid import Array

EDGE_LOW, EDGE_HIGH = 0.0, 1.0  # probabilities at the ends of the extended distribution


def category_probabilities(quantiles: Array, upper_bounds: Sequence[float]) -> Array:
    """(n, len(QUANTILES)) and k ascending upper bounds → (n, k + 1), each row adding up to 1.

    Quantiles and bounds are in the same unit; the last category is what lies above the last bound. Between
    quantiles the distribution is taken as linear, beyond the outer ones as falling at their own distance.
    A row with NaN answers NaN.
    """
    bounds = np.asarray(upper_bounds, dtype=np.float64)
    if len(bounds) == 0 or (np.diff(bounds) <= 0).any():
        raise ValueError("The categories' upper bounds must ascend.")
    rows = np.atleast_2d(np.asarray(quantiles, dtype=np.float64))
    below = np.array([_below(row, bounds) for row in rows])
    return np.diff(below, axis=1, prepend=0.0, append=1.0)


def _below(row: Array, bounds: Array) -> Array:
    if not np.isfinite(row).all():
        return np.full(len(bounds), np.nan)
    outer_low, outer_high = row[1] - row[0], row[-1] - row[-2]
    values = np.concatenate([[row[0] - outer_low], row, [row[-1] + outer_high]])
    levels = np.array([EDGE_LOW, *QUANTILES, EDGE_HIGH])
    found = np.interp(bounds, values, levels)
    return np.where(bounds >= values[-1], 1.0, np.where(bounds < values[0], 0.0, found))
