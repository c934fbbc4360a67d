"""The calendar as a straight-line model: hour, weekday, season."""

from __future__ import annotations

import numpy as np

from detection.detectors.base import Detector
from detection.timeseries.grid import Floats, Grid
from detection.timeseries.robust import mad, ridge
from detection.timeseries.scale import Scale
from detection.timeseries.wall_time import calendar

RIDGE = 1.0


class LinearResidual(Detector):
    """Ridge regression on the calendar, on the log scale; the residual in units of its robust spread."""

    kind = "linear_residual"

    def _fit(self, grid: Grid) -> None:
        values = self._target(grid)
        self.scale = Scale.of(values)
        scaled = self.scale.forward(values)
        known = np.isfinite(scaled)
        design = self._design(grid, 0)[known]
        self.level = float(scaled[known].mean())
        self.weights = ridge(design, scaled[known] - self.level, RIDGE)
        self.spread = mad(scaled[known] - self.level - design @ self.weights) + np.finfo(float).eps

    def _score(self, grid: Grid, first: int) -> Floats:
        expected = self.level + self._design(grid, first) @ self.weights
        return np.asarray(np.abs(self.scale.forward(self._target(grid))[first:] - expected) / self.spread)

    def _design(self, grid: Grid, first: int) -> Floats:
        columns = calendar(grid.times()[first:], self.zone)
        return np.column_stack([columns, columns[:, :4] * columns[:, 4:5], columns[:, :4] * columns[:, 5:6]])
