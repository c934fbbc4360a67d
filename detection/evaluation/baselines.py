"""Scorers that ours are measured against: what people use, and two that know nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

import numpy as np
import pandas as pd

from detection.detectors.estimators.prophet_curve import fit_curve
from detection.timeseries.grid import EPOCH, Floats, Grid
from detection.timeseries.wall_time import wall_time

SEED = 0
NORMAL = 1.959964  # the 97.5 % quantile of a normal distribution
# Where the common choices alarm when nobody calibrates them.
USUAL_THRESHOLDS = {"prophet_raw": 1.0, "isolation_forest": 0.5, "forest_residual": 2.5}


class RandomScorer:
    """A score drawn by lot: what the measure gives for nothing."""

    def fit(self, frame: pd.DataFrame) -> Self:
        """Learn nothing."""
        return self

    def score(self, frame: pd.DataFrame) -> Floats:
        """Uniform numbers; another frame gives others."""
        return np.random.default_rng([SEED, len(frame)]).random(len(frame))


class BlindScorer:
    """Alarms by the clock, without a look at the data: the threshold alone decides how often."""

    def fit(self, frame: pd.DataFrame) -> Self:
        """Learn nothing."""
        return self

    def score(self, frame: pd.DataFrame) -> Floats:
        """How often the number of the hour since 1970 can be halved: every second hour once, every fourth twice."""
        since = pd.DatetimeIndex(frame.index) - EPOCH
        hours = np.asarray(since / timedelta(hours=1)).astype(np.int64)
        return np.asarray(np.log2((hours & -hours).astype(np.float64).clip(min=1)))


class RawProphet:
    """Prophet as it comes: no log scale, its residuals taken as normal, nothing calibrated.

    The score is the distance to its curve in half-widths of its 95 % band.
    """

    def __init__(self, target: str, interval: timedelta, zone: str) -> None:
        self.target, self.interval, self.zone = target, interval, zone

    def fit(self, frame: pd.DataFrame) -> Self:
        """Fit Prophet to the values themselves."""
        grid = Grid.of(frame, self.interval)
        values = grid.values[self.target]
        self.curve = fit_curve(wall_time(grid.times(), self.zone), values, self.zone, seed=SEED)
        self.half = NORMAL * float(np.nanstd(values - self._expected(grid))) + np.finfo(float).eps
        return self

    def score(self, frame: pd.DataFrame) -> Floats:
        """Shape (len(frame),)."""
        grid = Grid.of(frame, self.interval)
        return grid.to_rows(np.abs(grid.values[self.target] - self._expected(grid)) / self.half)

    def band(self, grid: Grid) -> tuple[Floats, Floats]:
        """Lower and upper 95 % bound at each place of a grid, in the variable's unit."""
        expected = self._expected(grid)
        return expected - self.half, expected + self.half

    def _expected(self, grid: Grid) -> Floats:
        return self.curve.at(wall_time(grid.times(), self.zone))
