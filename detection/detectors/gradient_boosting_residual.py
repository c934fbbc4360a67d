"""The step from the last readings, foretold by gradient boosting."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import numpy as np

from detection.detectors.base import Detector
from detection.detectors.boosting import BoostedForecast, Lags, extra_booster
from detection.detectors.grid import Floats, Grid
from detection.detectors.scale import Scale
from detection.detectors.spread import SMALLEST, usual_error
from detection.detectors.stats import mad

ROUNDS = 150


class GradientBoostingResidual(Detector):
    """Histogram boosting on lags, XGBoost's where it is installed; its error in units of the hour's usual error."""

    kind = "gradient_boosting_residual"
    memory: ClassVar[timedelta] = timedelta(days=38)

    def _fit(self, grid: Grid) -> None:
        values = self._target(grid)
        self.scale = Scale.of(values)
        scaled = self.scale.forward(values)
        lags, rows = Lags.of(scaled, grid, self.zone), np.ones(grid.size, dtype=bool)
        self.model = BoostedForecast.fit(
            lags, scaled, rows, lead=1, rounds=ROUNDS, seed=self.seed, booster=extra_booster
        )
        self.smallest = SMALLEST if self.scale.offset is not None else SMALLEST * (mad(scaled) or 1.0)

    def _score(self, grid: Grid, first: int) -> Floats:
        errors = self.errors(grid)
        return np.asarray(np.abs(errors) / usual_error(errors, grid, self.smallest))[first:]

    def errors(self, grid: Grid) -> Floats:
        """Signed errors on the scale, for every place of the grid."""
        scaled = self.scale.forward(self._target(grid))
        return np.asarray(scaled - self.model.expected(Lags.of(scaled, grid, self.zone)))
