"""A step of the level: the likelihood ratio of "it jumped at c and stayed" against the series' own past.

The innovations of an autoregression show a step as one large value and a long small one. A natural rise takes hours,
a sensor that is swapped or a provider's new model does not. What returns within a week is no step.
"""

from __future__ import annotations

import numpy as np

from detection.drift.residuals import LAG_HOURS, Past, hourly_scale, regression
from detection.forecasting.grid import Array

REACH_HOURS = 72  # of innovations after a step that speak for it
STAY_HOURS = (24, 168)  # the level must differ over both spans, before against after
STAY_SHARE = 0.5  # of the estimated step


def own_step(past: Past) -> tuple[Array, Array]:
    """Signed statistic (n,) and estimated step (n,) in log units; 0 where it did not stay."""
    coefficients, innovations = regression(past)
    return _stayed(past, past.residual, *_ratio(past, coefficients, innovations))


def companion_step(past: Past, companion: Array) -> tuple[Array, Array]:
    """The same, given what a companion (its residual, (n,)) did at the same time."""
    coefficients, innovations = regression(past, companion)
    return _stayed(past, past.residual - companion, *_ratio(past, coefficients, innovations))


def _ratio(past: Past, coefficients: Array, innovations: Array) -> tuple[Array, Array]:
    reach = past.steps(REACH_HOURS)
    kernel = np.ones(reach)
    for hours, coefficient in zip(LAG_HOURS, coefficients, strict=True):
        kernel[past.steps(hours) :] -= coefficient
    known = np.isfinite(innovations)
    weight = np.where(known, hourly_scale(past, innovations)[past.hour] ** -2, 0.0)
    tail = np.zeros(reach - 1)
    product = np.correlate(np.append(weight * np.where(known, innovations, 0), tail), kernel, "valid")
    square = np.correlate(np.append(weight, tail), kernel**2, "valid") + 1e-12
    return product / np.sqrt(square), product / square


def _stayed(past: Past, residual: Array, ratio: Array, size: Array) -> tuple[Array, Array]:
    spans = [_level_change(residual, past.steps(hours)) for hours in STAY_HOURS]
    stayed = np.all([np.sign(size) * span >= STAY_SHARE * np.abs(size) for span in spans], axis=0)
    return np.where(stayed, ratio, 0.0), size


def _level_change(residual: Array, span: int) -> Array:
    """(n,): mean of the `span` steps from each on, minus that of the `span` before; NaN where half is missing."""
    known = np.isfinite(residual)
    total = np.append(0.0, np.cumsum(np.where(known, residual, 0)))
    count = np.append(0, np.cumsum(known))
    here = np.arange(len(residual))
    low, high = np.maximum(here - span, 0), np.minimum(here + span, len(residual))
    before, after = count[here] - count[low], count[high] - count[here]
    enough = (np.minimum(before, after) >= span / 2) & (here >= span) & (here + span <= len(residual))
    means = (total[high] - total[here]) / np.maximum(after, 1) - (total[here] - total[low]) / np.maximum(before, 1)
    return np.where(enough, means, np.nan)


def agreed(ratios: Array) -> Array:
    """(companions, n) → (n,): what at least two companions confirm, or the only one.

    If one companion jumped, it alone disagrees; a series that jumped differs from all.
    """
    if len(ratios) == 1:
        return np.asarray(ratios[0])
    up = np.sort(np.maximum(ratios, 0), axis=0)[-2]
    down = np.sort(np.maximum(-ratios, 0), axis=0)[-2]
    return np.where(up >= down, up, -down)
