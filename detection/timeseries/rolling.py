"""Statistics over the window that ends with each value, itself included; NaN are left out.

Sums and means take a column, shape (n,), or several at once, shape (n, k).
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import maximum_filter1d

from detection.timeseries.grid import Floats

FEWEST = 0.25  # share of a window that must be there


def sum_over(values: Floats, window: int) -> Floats:
    """The sum of the last `window` values."""
    return _totals(np.nan_to_num(values), window) + _mask(values, window)


def mean_over(values: Floats, window: int) -> Floats:
    """The mean of the last `window` values."""
    counts = _totals(np.isfinite(values).astype(np.float64), window)
    return np.asarray(_totals(np.nan_to_num(values), window) / np.maximum(counts, 1.0) + _mask(values, window))


def deviation_over(values: Floats, window: int) -> Floats:
    """The standard deviation of the last `window` values."""
    centre = mean_over(values, window)
    return np.asarray(np.sqrt(np.maximum(mean_over(values**2, window) - centre**2, 0.0)))


def max_over(values: Floats, window: int) -> Floats:
    """The largest of the last `window` values."""
    known = np.where(np.isnan(values), -np.inf, values)
    highest = maximum_filter1d(known, window, mode="constant", cval=-np.inf, origin=(window - 1) // 2)
    return np.where(np.isneginf(highest), np.nan, highest)


def _totals(values: Floats, window: int) -> Floats:
    total = np.cumsum(values, axis=0)
    if window < len(values):
        total[window:] -= total[:-window].copy()
    return total


def _mask(values: Floats, window: int) -> Floats:
    """Zero where enough of the window is known, NaN elsewhere."""
    known = _totals(np.isfinite(values).astype(np.float64), window)
    return np.where(known >= max(1, int(FEWEST * window)), 0.0, np.nan)
