"""Is it sudden? The step from the last readings against the steps that are usual at this hour."""

from __future__ import annotations

import numpy as np

from detection.detectors.autoregression import Autoregression, Past
from detection.detectors.grid import Floats, Grid
from detection.detectors.next_step import NextStep


class OneStep(NextStep):
    """Foretells the next reading by a robust autoregression."""

    kind = "one_step"

    def _learn(self, scaled: Floats, grid: Grid) -> None:
        self.model = Autoregression.fit(Past.of(scaled, grid, self.zone), scaled, np.ones(grid.size, dtype=bool))

    def _expected(self, scaled: Floats, grid: Grid) -> Floats:
        return self.model.expected(Past.of(scaled, grid, self.zone))
