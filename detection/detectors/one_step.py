"""Is it sudden? The step from the last readings against the steps that are usual at this hour."""

from __future__ import annotations

import numpy as np

from detection.detectors.autoregression import Autoregression, Background, Past
from detection.detectors.grid import Floats, Grid
from detection.detectors.next_step import NextStep


class OneStep(NextStep):
    """Foretells the next reading by a robust autoregression."""

    kind = "one_step"

    def _learn(self, scaled: Floats, grid: Grid) -> None:
        self.model = Autoregression.fit(self._past(scaled, grid), scaled, np.ones(grid.size, dtype=bool))

    def _expected(self, scaled: Floats, grid: Grid) -> Floats:
        return self.model.expected(self._past(scaled, grid))

    def _past(self, scaled: Floats, grid: Grid) -> Past:
        return Past.of(scaled, grid, Background.of(scaled, grid, self.zone))
