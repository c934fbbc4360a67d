"""Do the sister pollutants agree? A regression of the target on them, at the same moment."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import numpy as np

from detection.detectors.base import Detector
from detection.detectors.estimators.relations import MEMORY, CompanionRegression, against_itself
from detection.timeseries.grid import Floats, Grid, NotEnoughDataError
from detection.timeseries.scale import Scale


class Companions(Detector):
    """Deviation of the target from what its sister pollutants foretell, against its own 28 days."""

    kind = "companions"
    memory: ClassVar[timedelta] = 2 * MEMORY

    def _fit(self, grid: Grid) -> None:
        self.scale = Scale.of(self._target(grid))
        sisters = CompanionRegression.fit(grid, self.target, self.scale.forward(self._target(grid)))
        if sisters is None:
            raise NotEnoughDataError(f"No usable readings of other variables beside {self.target}.")
        self.sisters = sisters

    def _score(self, grid: Grid, first: int) -> Floats:
        relation = self.sisters.relation(grid, self.scale.forward(self._target(grid)))
        return np.abs(against_itself(relation, grid)[1])[first:]
