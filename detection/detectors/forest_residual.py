"""The common choice: a random forest on hour and minute, kept as the reference that has to be beaten."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detection.detectors.base import Detector
from detection.timeseries.grid import Floats, Grid
from detection.timeseries.wall_time import wall_time

TREES = 100
MINUTES = 24 * 60


class ForestResidual(Detector):
    """Distance to a forest's value for this minute of the day, in standard deviations of its residuals.

    The forest knows nothing but the minute, so that its answers are kept as a table of 1,440 numbers.
    """

    kind = "forest_residual"

    def _fit(self, grid: Grid) -> None:
        from sklearn.ensemble import RandomForestRegressor

        values = self._target(grid)
        known = np.isfinite(values)
        minute = self._minute(grid, 0)
        forest = RandomForestRegressor(n_estimators=TREES, random_state=self.seed)
        forest.fit(_hour_and_minute(minute[known]), values[known])
        self.table = forest.predict(_hour_and_minute(np.arange(MINUTES)))
        self.sigma = float(np.std(values[known] - self.table[minute[known]])) + np.finfo(float).eps

    def _score(self, grid: Grid, first: int) -> Floats:
        expected = self.table[self._minute(grid, first)]
        return np.asarray(np.abs(self._target(grid)[first:] - expected) / self.sigma)

    def _minute(self, grid: Grid, first: int) -> NDArray[np.int64]:
        local = wall_time(grid.times()[first:], self.zone)
        return np.asarray(local.hour * 60 + local.minute, dtype=np.int64)


def _hour_and_minute(minute: NDArray[np.int64]) -> Floats:
    return np.column_stack([minute // 60, minute % 60]).astype(np.float64)
