"""How far from the level of the last days."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import numpy as np

from detection.detectors.base import Detector
from detection.timeseries.grid import Floats, Grid
from detection.timeseries.robust import mad, trailing_deviation, trailing_median
from detection.timeseries.scale import Scale

WINDOWS = (timedelta(days=3), timedelta(days=7), timedelta(days=14))
FLOOR_SHARE = 0.25  # of the whole history's spread


class RollingMad(Detector):
    """Distance to the trailing median in units of the trailing MAD; the window is the one that followed best."""

    kind = "rolling_mad"
    memory: ClassVar[timedelta] = 2 * max(WINDOWS)

    def _fit(self, grid: Grid) -> None:
        values = self._target(grid)
        self.scale = Scale.of(values)
        scaled = self.scale.forward(values)
        self.floor = FLOOR_SHARE * mad(scaled) + np.finfo(float).eps
        misses = {window: self._miss(scaled, grid.steps(window)) for window in WINDOWS}
        self.window = min(misses, key=lambda window: misses[window])

    @staticmethod
    def _miss(scaled: Floats, window: int) -> float:
        miss = np.abs(scaled - trailing_median(scaled, window))
        return float(np.nanmean(miss)) if np.isfinite(miss).any() else float("inf")

    def _score(self, grid: Grid, first: int) -> Floats:
        scaled = self.scale.forward(self._target(grid))
        return np.abs(trailing_deviation(scaled, grid.steps(self.window), self.floor)[1])[first:]
