"""A station beside the others of its city: the weather moves all of them, a changed sensor or source only one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from detection.forecasting.grid import Array

LEAST = 0.3  # log units, a factor of 1.35, as for steps; neighbours of Lahore wander by 0.15 from week to week
FACTOR = 1.5  # times the reference's worst week
LEAST_NEIGHBOURS = 2  # of one alone nobody can say which of the two moved
WEEK_DAYS, LEAST_DAYS = 7, 4
LEAST_WEEKS = 3  # of reference
LEAST_SHARE = 1 / 3  # of a day's steps


@dataclass(frozen=True)
class Apart:
    """How far the newest week's ratio to a neighbour is from its usual one, in log units, and how far would be odd."""

    size: float
    threshold: float

    @property
    def strength(self) -> float:
        return abs(self.size) / self.threshold


def apart(values: Array, neighbours: list[Array], reference: int, day: int) -> Apart | None:
    """What more than half of the neighbours agree on at least; None where there are too few of them.

    `values` and each neighbour (n,) in one unit, the first `reference` of them the reference; `day` steps make a day.
    """
    found = [one for one in (_apart(values, other, reference, day) for other in neighbours) if one is not None]
    if len(found) < LEAST_NEIGHBOURS:
        return None
    way = np.sign(sum(one.size for one in found))
    ranked = sorted(found, key=lambda one: -one.strength if np.sign(one.size) == way else 0.0)
    chosen = ranked[len(found) // 2]
    return chosen if np.sign(chosen.size) == way else Apart(0.0, chosen.threshold)


def _apart(values: Array, other: Array, reference: int, day: int) -> Apart | None:
    weeks = _weekly(values, other, day)
    split = reference // day
    was, now = weeks[:split], weeks[split:]
    was = was[np.isfinite(was)]
    if len(was) < LEAST_WEEKS * WEEK_DAYS or not len(now) or not np.isfinite(now[-1]):
        return None
    usual = float(np.median(was))
    return Apart(float(now[-1]) - usual, max(LEAST, FACTOR * float(np.abs(was - usual).max())))


def _weekly(values: Array, other: Array, day: int) -> Array:
    """(whole days,) the median of the log ratio over the seven days that end with each; NaN where too few are known."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.log(values) - np.log(other)
    whole = len(ratio) // day
    hours = pd.DataFrame(np.where(np.isfinite(ratio), ratio, np.nan)[: whole * day].reshape(whole, day))
    days = hours.median(axis=1).where(hours.notna().mean(axis=1) >= LEAST_SHARE)
    return days.rolling(WEEK_DAYS, min_periods=LEAST_DAYS).median().to_numpy()
