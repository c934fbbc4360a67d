"""The next reading from the last ones, with coefficients of its own for each hour of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from detection.timeseries.grid import Floats, Grid, lag_matrix
from detection.timeseries.robust import mad, ridge, trailing_median
from detection.timeseries.wall_time import harmonics, hour_of_day

WEEK = timedelta(days=7)
HARMONICS = 3
POOLED_RIDGE, HOURLY_RIDGE = 1e-3, 2.0  # an hour has a 24th of the rows: it is held closer to the whole day
FEWEST_ROWS = 30  # for an hour of its own
FARTHEST = 6.0  # robust sigmas at which a residual is cut off in the second fit


@dataclass(frozen=True)
class Background:
    """What all forecasters of a series look at: the median of the week before each place, and its local hour."""

    week: Floats
    hour: Floats

    @classmethod
    def of(cls, scaled: Floats, grid: Grid, zone: str) -> Background:
        """From scaled values on a grid."""
        return cls(trailing_median(scaled, grid.steps(WEEK)), hour_of_day(grid.times(), zone))


@dataclass(frozen=True)
class Past:
    """What is known just before each place: lagged values less the last one, the last one, the hour."""

    shape: Floats
    last: Floats
    hour: Floats

    @classmethod
    def of(cls, scaled: Floats, grid: Grid, background: Background, days_ago: Floats | None = None) -> Past:
        """From scaled values on a grid. Lags 1, 2, 3 intervals, a day, a day and one, two days, the week.

        `days_ago`: what the lags of days look at, where that is not `scaled` itself.
        """
        day = grid.day
        near = lag_matrix(scaled, [1, 2, 3])
        far = lag_matrix(scaled if days_ago is None else days_ago, [day, day + 1, 2 * day])
        last = np.where(np.isfinite(near[:, 0]), near[:, 0], near[:, 1])
        shape = np.column_stack([near[:, 1:], far, background.week]) - last[:, None]
        return cls(np.nan_to_num(shape), last, background.hour)

    def part(self, rows: slice) -> Past:
        """The same for some of the rows."""
        return Past(self.shape[rows], self.last[rows], self.hour[rows])


@dataclass(frozen=True)
class Autoregression:
    """Ridge regression of the step from the last value, pooled, plus a correction per hour of the day."""

    pooled: Floats
    hourly: Floats  # (24, features), zero where an hour had too few rows

    @classmethod
    def fit(cls, past: Past, scaled: Floats, rows: NDArray[np.bool_]) -> Autoregression:
        """Fit on the chosen rows; large residuals are cut off and the fit repeated once."""
        step = scaled - past.last
        usable = rows & np.isfinite(step)
        first = cls._once(past, step, usable)
        residual = step - first.step(past)
        bound = FARTHEST * max(mad(residual[usable]), np.finfo(float).eps) if usable.any() else 0.0
        return cls._once(past, np.clip(step, first.step(past) - bound, first.step(past) + bound), usable)

    @classmethod
    def _once(cls, past: Past, step: Floats, usable: NDArray[np.bool_]) -> Autoregression:
        design = _pooled_design(past)
        pooled = ridge(design[usable], step[usable], POOLED_RIDGE)
        left = step - design @ pooled
        own = _hourly_design(past)
        hourly = np.zeros((24, own.shape[1]))
        for hour in range(24):
            rows = usable & (past.hour.astype(int) == hour)
            if rows.sum() >= FEWEST_ROWS:
                hourly[hour] = ridge(own[rows], left[rows], HOURLY_RIDGE)
        return cls(pooled, hourly)

    def step(self, past: Past) -> Floats:
        """The expected step from the last value. Shape (n,)."""
        own = np.einsum("ij,ij->i", _hourly_design(past), self.hourly[past.hour.astype(int)])
        return np.asarray(_pooled_design(past) @ self.pooled + own)

    def expected(self, past: Past) -> Floats:
        """The expected value; NaN where the last two are missing. Shape (n,)."""
        return past.last + self.step(past)


def _pooled_design(past: Past) -> Floats:
    return np.column_stack([np.ones(len(past.last)), past.shape, harmonics(past.hour / 24, HARMONICS)])


def _hourly_design(past: Past) -> Floats:
    return np.column_stack([np.ones(len(past.last)), past.shape])
