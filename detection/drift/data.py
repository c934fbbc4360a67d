"""Drift of the data itself: gaps, values never seen, other units."""

from __future__ import annotations

import numpy as np

from detection.drift.distances import finite
from detection.forecasting.grid import Array

MISSING_SHARE = 0.2  # more missing than in the reference by this share
EXTREME_FACTOR = 1.5  # beyond the reference's range by this factor of it
EXTREME_SHARE = 0.01  # of the current values
UNIT_TOLERANCE = 1.25  # log units around a unit's factor: the season may have moved as well
UNIT_SHARES = (0.5, 0.95)  # quantiles that have to agree
UNIT_FACTORS = (1e-6, 1e-3, 1e3, 1e6)  # between g, mg, µg and ng; ppb to µg is too close to a season


def missing(reference: Array, current: Array) -> float:
    """Share missing now minus share missing in the reference."""
    return float(np.isnan(current).mean() - np.isnan(reference).mean())


def new_extremes(reference: Array, current: Array) -> float:
    """Share of current residuals far outside everything the reference held."""
    was, now = finite(reference), finite(current)
    if not len(was) or not len(now):
        return 0.0
    low, high = was.min(), was.max()
    margin = (EXTREME_FACTOR - 1) * (high - low)
    return float(((now > high + margin) | (now < low - margin)).mean())


def unit_factor(reference: Array, newest: Array) -> float | None:
    """The factor between units of concentration that both the medians and the high values are apart, if they are.

    Ozone's median falls a thousandfold in winter nights as well, but not what it reaches at noon.
    """
    factors = {_unit_between(reference, newest, share) for share in UNIT_SHARES}
    return factors.pop() if len(factors) == 1 else None


def _unit_between(reference: Array, newest: Array, share: float) -> float | None:
    was, now = (float(np.quantile(finite(v), share)) if len(finite(v)) else 0.0 for v in (reference, newest))
    if was <= 0 or now <= 0:
        return None
    apart = np.log(now / was)
    near = min(UNIT_FACTORS, key=lambda factor: abs(apart - np.log(factor)))
    return near if abs(apart - np.log(near)) <= UNIT_TOLERANCE else None
