"""Is it sudden? The step from the last readings against the steps that are usual at this hour."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import numpy as np

from detection.detectors.autoregression import Autoregression, Past
from detection.detectors.base import Detector
from detection.detectors.grid import Floats, Grid
from detection.detectors.scale import Scale
from detection.detectors.spread import SMALLEST, usual_error
from detection.detectors.stats import mad


class OneStep(Detector):
    """A robust autoregression on the log scale; its error in units of the hour's usual error.

    `expected(frame)` gives the one-step forecast itself, in the variable's unit.
    """

    kind = "one_step"
    memory: ClassVar[timedelta] = timedelta(days=38)

    def _fit(self, grid: Grid) -> None:
        values = self._target(grid)
        self.scale = Scale.of(values)
        scaled = self.scale.forward(values)
        self.model = Autoregression.fit(Past.of(scaled, grid, self.zone), scaled, np.ones(grid.size, dtype=bool))
        self.smallest = SMALLEST if self.scale.offset is not None else SMALLEST * (mad(scaled) or 1.0)

    def _score(self, grid: Grid, first: int) -> Floats:
        errors = self.errors(grid)
        return np.asarray(np.abs(errors) / usual_error(errors, grid, self.smallest))[first:]

    def errors(self, grid: Grid) -> Floats:
        """Signed errors on the scale, for every place of the grid."""
        scaled = self.scale.forward(self._target(grid))
        return scaled - self.model.expected(Past.of(scaled, grid, self.zone))
