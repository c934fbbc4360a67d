"""The same value again and again: a stuck sensor."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from detection.detectors.base import Detector
from detection.timeseries.grid import Floats, Grid, lagged

LEVELS = 10  # a sensor repeats itself more often at some levels (ozone at zero by night) than at others
PRIOR_REPEATS, PRIOR_READINGS = 0.5, 50.0  # what is believed of a level before any reading


class Flatline(Detector):
    """Improbability (−log10) of the run of exact repeats, by the series' own repeat rate at that level."""

    kind = "flatline"
    memory: ClassVar[timedelta] = timedelta(days=7)

    def _fit(self, grid: Grid) -> None:
        values = self._target(grid)
        known = values[np.isfinite(values)]
        self.edges = np.unique(np.quantile(known, np.linspace(0, 1, LEVELS + 1)[1:-1]))
        level = np.searchsorted(self.edges, values, side="left")
        pairs = np.isfinite(values) & np.isfinite(lagged(values, 1))
        repeats = pairs & (values == lagged(values, 1))
        seen = np.bincount(level[pairs], minlength=len(self.edges) + 1)
        repeated = np.bincount(level[repeats], minlength=len(self.edges) + 1)
        self.improbability = -np.log10((repeated + PRIOR_REPEATS) / (seen + PRIOR_READINGS))

    def _score(self, grid: Grid, first: int) -> Floats:
        values = self._target(grid)
        longest = grid.steps(self.memory)
        start = max(first - longest, 0)
        values = values[start:]
        runs = run_lengths(values == lagged(values, 1))
        level = np.searchsorted(self.edges, values, side="left")
        scores = np.minimum(runs, longest) * np.maximum(self.improbability[level], 0.0)
        return np.asarray(np.where(np.isfinite(values), scores, np.nan)[first - start :])


def run_lengths(repeats: NDArray[np.bool_]) -> Floats:
    """How many True end at each place."""
    places = np.arange(1, len(repeats) + 1)
    breaks = np.maximum.accumulate(np.where(repeats, 0, places))
    return np.asarray(places - breaks, dtype=np.float64)
