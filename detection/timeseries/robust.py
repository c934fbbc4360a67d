"""Small robust statistics on arrays, NaN meaning missing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from detection.timeseries.grid import Floats, lagged

MAD_TO_SIGMA = 1.4826  # of a normal distribution
FEWEST = 0.1  # share of a trailing window that must be there


def row_median(matrix: Floats, fewest: int = 1) -> Floats:
    """The median of each row; NaN where fewer than `fewest` values are there. Shape (n, k) → (n,)."""
    if not matrix.size:
        return np.full(len(matrix), np.nan)
    ordered = np.sort(matrix, axis=1)  # NaN come last
    count = (~np.isnan(matrix)).sum(axis=1)
    low = np.maximum((count - 1) // 2, 0)[:, None]
    high = np.minimum(count // 2, matrix.shape[1] - 1)[:, None]
    middle = (np.take_along_axis(ordered, low, 1) + np.take_along_axis(ordered, high, 1))[:, 0] / 2
    return np.where(count >= fewest, middle, np.nan)


def row_mad(matrix: Floats, centre: Floats, fewest: int) -> Floats:
    """The median distance of each row to its centre, as a standard deviation. Shape (n, k) → (n,)."""
    return MAD_TO_SIGMA * row_median(np.abs(matrix - centre[:, None]), fewest)


def mad(values: Floats) -> float:
    """The median distance to the median, as a standard deviation; NaN for no values."""
    known = values[~np.isnan(values)]
    return float(MAD_TO_SIGMA * np.median(np.abs(known - np.median(known)))) if len(known) else float("nan")


def ridge(design: Floats, target: Floats, penalty: float) -> Floats:
    """Coefficients of a ridge regression without intercept. Shapes (n, k) and (n,) → (k,); zeros for no rows."""
    gram = design.T @ design + penalty * np.eye(design.shape[1])
    return np.asarray(np.linalg.solve(gram, design.T @ target))


def trailing_median(values: Floats, window: int) -> Floats:
    """The median of the `window` values before each one, itself left out."""
    return np.asarray(_before(values).rolling(window, min_periods=_fewest(window)).median())


def trailing_deviation(values: Floats, window: int, smallest: float) -> tuple[Floats, Floats]:
    """Each value less the median of the window before it, and the same in units of its usual size there (MAD).

    `smallest`: the least that counts as usual size. Shapes (n,).
    """
    off = values - trailing_median(values, window)
    spread = MAD_TO_SIGMA * trailing_median(np.abs(off), window)
    return off, off / np.maximum(spread, smallest)


def trailing_mean(values: Floats, window: int) -> Floats:
    """The mean of the `window` values before each one, itself left out."""
    return np.asarray(_before(values).rolling(window, min_periods=_fewest(window)).mean())


def _before(values: Floats) -> pd.Series[float]:
    return pd.Series(lagged(values, 1))


def _fewest(window: int) -> int:
    return max(1, int(FEWEST * window))
