"""A first look at a series: how it is distributed, what is missing, what repeats, what goes with what.

Arrays on consecutive intervals with NaN where nothing was read; plain numpy, light enough for a web process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

HOURS, WEEKDAYS = 24, 7
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
COMMON = 0.99  # share of the values that the histogram gives its own bars; its last bar takes the rest
BINS = 20
ON_THE_EDGE = 1e-6  # of a bar's width: so near a value is at its edge, and belongs to it
FAR_FROM_ZERO = 0.5  # of the highest edge: where all values lie above it the histogram begins at the lowest
FEWEST_PAIRS = 30  # to speak of two things going together
FEWEST_WEEKS = 4  # of values, to speak of weekdays, …
FEWEST_FOR_SHARES = 2  # … and of what makes it rise and fall


@dataclass(frozen=True)
class Distribution:
    """Above `edges[k]` and up to `edges[k + 1]` lie `counts[k]` values; `skew` above 0: a long tail of high values."""

    count: int
    mean: float
    deviation: float
    skew: float
    quantiles: dict[float, float]
    edges: Floats
    counts: Places


@dataclass(frozen=True)
class Missing:
    """What did not come: share of all intervals, number of gaps, and the longest one in intervals."""

    share: float
    gaps: int
    longest: int


@dataclass(frozen=True)
class Parts:
    """A series taken apart: value = trend + daily[hour] + weekly[weekday] + rest. `shares` of the variance, 0 to 1."""

    trend: Floats
    daily: Floats
    weekly: Floats
    rest: Floats
    shares: dict[str, float]


def distribution(values: Floats, *, from_zero: bool = True) -> Distribution | None:
    """None where there is no value. `from_zero`: the histogram begins there if that is not too far."""
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    low = float(known.min())
    top = max(float(np.quantile(known, COMMON)), low + 1e-6)
    edges = np.linspace(lowest_edge(low, top) if from_zero else low, top, BINS + 1)
    width = (edges[-1] - edges[0]) / BINS
    bars = np.ceil((known - edges[0]) / width - ON_THE_EDGE).astype(np.int64) - 1
    counts = np.bincount(np.clip(bars, 0, BINS - 1), minlength=BINS)
    mean, deviation = float(known.mean()), float(known.std())
    skew = float(((known - mean) ** 3).mean() / deviation**3) if deviation else 0.0
    quantiles = {share: float(np.quantile(known, share)) for share in QUANTILES}
    return Distribution(len(known), mean, deviation, skew, quantiles, edges, counts)


def lowest_edge(low: float, top: float) -> float:
    """Zero, as far as it can be seen from there: all kelvins and revolutions would be one bar at the end."""
    return low if low < 0 or low > FAR_FROM_ZERO * top else 0.0


def missing(values: Floats) -> Missing:
    gone = ~np.isfinite(values)
    steps = np.diff(np.concatenate(([0], gone.astype(np.int64), [0])))
    lengths = np.flatnonzero(steps < 0) - np.flatnonzero(steps > 0)
    longest = int(lengths.max()) if len(lengths) else 0
    return Missing(float(gone.mean()) if len(gone) else 0.0, len(lengths), longest)


def autocorrelation(values: Floats, most: int) -> Floats:
    """Correlation of the series with itself 0 to `most` intervals later; NaN of fewer pairs than FEWEST_PAIRS."""
    known = np.isfinite(values)
    centred = np.where(known, values - (values[known].mean() if known.any() else 0.0), 0.0)
    size = len(values) + most + 1  # so that the end does not meet the beginning

    def lagged(x: Floats) -> Floats:
        return np.asarray(np.fft.irfft(np.abs(np.fft.rfft(x, size)) ** 2, size)[: most + 1])

    pairs = np.round(lagged(known.astype(np.float64)))
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.where(pairs >= FEWEST_PAIRS, lagged(centred) / pairs, np.nan)
        return np.asarray(means / means[0])


def decompose(values: Floats, hours: Places, weekdays: Places, week: int) -> Parts:
    """Trend by the running mean of a `week` (in intervals), then the mean of each hour, then of each weekday.

    Of fewer than FEWEST_WEEKS the weekdays are not known (NaN, no share): they would be the weather of a day or two.
    Of fewer than FEWEST_FOR_SHARES there are no shares.
    """
    trend = running_mean(values, week)
    left = values - trend
    daily = _means(left, hours, HOURS)
    left = left - daily[hours]
    known = np.isfinite(values).sum()
    is_known = known >= FEWEST_WEEKS * week
    weekly = _means(left, weekdays, WEEKDAYS) if is_known else np.full(WEEKDAYS, np.nan)
    rest = left - np.nan_to_num(weekly)[weekdays]
    spread = {"trend": trend, "daily": daily[hours], "weekly": weekly[weekdays], "rest": rest}
    if not is_known:
        del spread["weekly"]
    variances = {name: float(np.nanvar(part)) if np.isfinite(part).any() else 0.0 for name, part in spread.items()}
    whole = sum(variances.values()) or 1.0
    shares = {name: one / whole for name, one in variances.items()} if known >= FEWEST_FOR_SHARES * week else {}
    return Parts(trend, daily, weekly, rest, shares)


def running_mean(values: Floats, width: int) -> Floats:
    """Centred, over what is known of `width` intervals; NaN where that is less than half."""
    known = np.isfinite(values)
    window = np.ones(min(width, len(values)))
    count = np.convolve(known.astype(np.float64), window, "same")
    total = np.convolve(np.where(known, values, 0.0), window, "same")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(count >= len(window) / 2, total / count, np.nan)


def rank_correlation(one: Floats, other: Floats) -> float | None:
    """Spearman's, over what both know; None where that is too little or does not vary."""
    both = np.isfinite(one) & np.isfinite(other)
    if both.sum() < FEWEST_PAIRS:
        return None
    a, b = _ranks(one[both]), _ranks(other[both])
    return float(np.corrcoef(a, b)[0, 1]) if a.std() and b.std() else None


def rank_correlations(columns: Mapping[str, Floats]) -> dict[tuple[str, str], float | None]:
    """For each ordered pair of different columns."""
    names = list(columns)
    found = {(a, b): rank_correlation(columns[a], columns[b]) for row, a in enumerate(names) for b in names[row + 1 :]}
    return {**found, **{(b, a): value for (a, b), value in found.items()}}


def _ranks(values: Floats) -> Floats:
    """Equal values share their mean rank."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[place])


def _means(values: Floats, places: Places, size: int) -> Floats:
    """The mean at each place; NaN where nothing is known."""
    known = np.isfinite(values)
    count = np.bincount(places[known], minlength=size)
    total = np.bincount(places[known], weights=values[known], minlength=size)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
