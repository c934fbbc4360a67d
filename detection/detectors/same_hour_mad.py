"""How far from what this hour of the day has been lately."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import numpy as np

from detection.detectors.base import Detector
from detection.timeseries.grid import Floats, Grid
from detection.timeseries.robust import mad, row_mad, row_median
from detection.timeseries.scale import Scale

DAYS = 28
FEWEST_DAYS = 7
FLOOR_SHARE = 0.25  # of the whole history's spread: a quiet month must not make a breath an event


class SameHourMad(Detector):
    """Distance to the median of the same hour over 28 days, in units of their spread, on the log scale."""

    kind = "same_hour_mad"
    memory: ClassVar[timedelta] = timedelta(days=DAYS)

    def _fit(self, grid: Grid) -> None:
        values = self._target(grid)
        self.scale = Scale.of(values)
        self.floor = FLOOR_SHARE * mad(self.scale.forward(values)) + np.finfo(float).eps

    def _score(self, grid: Grid, first: int) -> Floats:
        values = self.scale.forward(self._target(grid))
        same_hour = grid.same_hour(values, DAYS, first)
        centre = row_median(same_hour, FEWEST_DAYS)
        spread = np.maximum(row_mad(same_hour, centre, FEWEST_DAYS), self.floor)
        return np.asarray(np.abs(values[first:] - centre) / spread)
