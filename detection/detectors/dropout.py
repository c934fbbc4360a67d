"""A sensor that has fallen to nothing, or that has gone silent."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import numpy as np

from detection.detectors.base import Detector
from detection.detectors.flatline import run_lengths
from detection.timeseries.grid import Floats, Grid

LOW_SHARE = 0.002  # of the readings count as the series' own floor
MIDDLE_SHARE = 0.25
MISSING_PRIOR = 0.5


class Dropout(Detector):
    """How far a value lies under the series' own floor, or how improbable a run of missing values is."""

    kind = "dropout"
    memory: ClassVar[timedelta] = timedelta(days=7)

    def _fit(self, grid: Grid) -> None:
        values = self._target(grid)
        known = values[np.isfinite(values)]
        self.low, middle = np.quantile(known, [LOW_SHARE, MIDDLE_SHARE])
        self.reach = max(middle - self.low, abs(middle) * 0.05, np.finfo(float).eps)
        self.positive = bool(self.low > 0)
        missing = (np.isnan(values).sum() + MISSING_PRIOR) / (len(values) + 1)
        self.improbability = float(-np.log10(missing))

    def _score(self, grid: Grid, first: int) -> Floats:
        longest = grid.steps(self.memory)
        start = max(first - longest, 0)
        values = self._target(grid)[start:]
        silent = np.minimum(run_lengths(np.isnan(values)), longest) * self.improbability
        scores = np.where(np.isnan(values), silent, self._depth(values))
        return np.asarray(scores[first - start :])

    def _depth(self, values: Floats) -> Floats:
        """Zero above the floor; for a positive series the share of the floor that is missing, as −log2."""
        if not self.positive:
            return np.asarray(np.maximum(self.low - values, 0.0) / self.reach)
        return np.asarray(-np.log2(np.clip(values / self.low, 1e-3, 1.0)))
