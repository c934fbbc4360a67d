"""The step from the last readings, foretold by gradient boosting."""

from __future__ import annotations

import numpy as np

from detection.detectors.estimators.autoregression import Background
from detection.detectors.estimators.boosting import BoostedForecast, Lags, extra_booster
from detection.detectors.next_step import NextStep
from detection.timeseries.grid import Floats, Grid

ROUNDS, RATE = 150, 0.08


class GradientBoostingResidual(NextStep):
    """Foretells the next reading by histogram boosting on lags, XGBoost's where it is installed."""

    kind = "gradient_boosting_residual"

    def _learn(self, scaled: Floats, grid: Grid) -> None:
        lags, rows = self._lags(scaled, grid), np.ones(grid.size, dtype=bool)
        self.model = BoostedForecast.fit(
            lags, scaled, rows, rounds=ROUNDS, rate=RATE, seed=self.seed, booster=extra_booster
        )

    def _expected(self, scaled: Floats, grid: Grid) -> Floats:
        return self.model.expected(self._lags(scaled, grid))

    def _lags(self, scaled: Floats, grid: Grid) -> Lags:
        return Lags.of(scaled, grid, Background.of(scaled, grid, self.zone))
