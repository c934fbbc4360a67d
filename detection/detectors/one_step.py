"""Is it sudden? The step from the last readings against the steps that are usual at this hour."""

from __future__ import annotations

import numpy as np

from detection.detectors.estimators.autoregression import FARTHEST, Autoregression, Background, Past
from detection.detectors.next_step import NextStep
from detection.timeseries.grid import Floats, Grid
from detection.timeseries.robust import row_mad, row_median

DAYS = 28
FEWEST_DAYS = 7


class OneStep(NextStep):
    """Foretells the next reading by a robust autoregression."""

    kind = "one_step"

    def _learn(self, scaled: Floats, grid: Grid) -> None:
        self.model = Autoregression.fit(self._past(scaled, grid), scaled, np.ones(grid.size, dtype=bool))

    def _expected(self, scaled: Floats, grid: Grid) -> Floats:
        return self.model.expected(self._past(scaled, grid))

    def _sizes(self, errors: Floats, scaled: Floats, grid: Grid) -> Floats:
        """What was odd a day or two ago comes back in the forecast as an echo, and the usual reading there as an error:
        counted is what remains where the odd is taken for what is usual at its hour."""
        usual = self._past(scaled, grid, _tamed(scaled, grid, self.smallest))
        return np.asarray(np.fmin(np.abs(errors), np.abs(scaled - self.model.expected(usual))))

    def _past(self, scaled: Floats, grid: Grid, days_ago: Floats | None = None) -> Past:
        return Past.of(scaled, grid, Background.of(scaled, grid, self.zone), days_ago)


def _tamed(scaled: Floats, grid: Grid, smallest: float) -> Floats:
    """The values, and where one is far from its hour's 28 days their median."""
    same_hour = grid.same_hour(scaled, DAYS)
    centre = row_median(same_hour, FEWEST_DAYS)
    spread = np.maximum(row_mad(same_hour, centre, FEWEST_DAYS), smallest)
    return np.where(np.abs(scaled - centre) > FARTHEST * spread, centre, scaled)
