"""Does this station leave the city? Its log ratio to the median of the other stations."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import numpy as np

from detection.detectors.base import Detector
from detection.detectors.estimators.relations import MEMORY, against_itself, neighbour_ratio
from detection.timeseries.columns import NEIGHBOUR, neighbours_of
from detection.timeseries.grid import Floats, Grid, NotEnoughDataError
from detection.timeseries.scale import Scale


class Neighbours(Detector):
    """Deviation of the ratio to the neighbours from its own 28 days. Needs columns such as pm2_5@gulberg."""

    kind = "neighbours"
    memory: ClassVar[timedelta] = 2 * MEMORY

    def _fit(self, grid: Grid) -> None:
        self.names = neighbours_of(self.target, list(grid.values))
        if not self.names:
            raise NotEnoughDataError(f"No usable readings of neighbours: no column {self.target}{NEIGHBOUR}STATION.")
        self.scale = Scale.of(self._target(grid))

    def _score(self, grid: Grid, first: int) -> Floats:
        ratio = neighbour_ratio(grid, self.target, self.names, self.scale)
        return np.abs(against_itself(ratio, grid)[1])[first:]
