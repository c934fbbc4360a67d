"""What the detectors share that foretell the next reading: how wrong they are, against how wrong they usually are."""

from __future__ import annotations

from abc import abstractmethod
from datetime import timedelta
from typing import ClassVar

import numpy as np

from detection.detectors.base import Detector
from detection.detectors.estimators.usual_error import smallest_error, usual_error
from detection.timeseries.grid import Floats, Grid
from detection.timeseries.scale import Scale


class NextStep(Detector):
    """The error of a forecast of the next reading, on the log scale, in units of the hour's usual error."""

    memory: ClassVar[timedelta] = timedelta(days=38)

    def _fit(self, grid: Grid) -> None:
        values = self._target(grid)
        self.scale = Scale.of(values)
        scaled = self.scale.forward(values)
        self._learn(scaled, grid)
        self.smallest = smallest_error(self.scale, scaled)

    def _score(self, grid: Grid, first: int) -> Floats:
        scaled = self.scale.forward(self._target(grid))
        errors = self.errors(grid)
        return np.asarray(self._sizes(errors, scaled, grid) / usual_error(errors, grid, self.smallest))[first:]

    def errors(self, grid: Grid) -> Floats:
        """Signed errors on the scale, for every place of the grid."""
        scaled = self.scale.forward(self._target(grid))
        return np.asarray(scaled - self._expected(scaled, grid))

    def _sizes(self, errors: Floats, scaled: Floats, grid: Grid) -> Floats:
        """How large each error counts. Shape (n,)."""
        return np.abs(errors)

    @abstractmethod
    def _learn(self, scaled: Floats, grid: Grid) -> None:
        """Learn from scaled values on a grid."""

    @abstractmethod
    def _expected(self, scaled: Floats, grid: Grid) -> Floats:
        """What each place should hold on the scale, from the places before it. Shape (n,)."""
