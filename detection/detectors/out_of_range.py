"""Values that the sensor or the physics cannot give."""

from __future__ import annotations

import numpy as np

from detection.detectors.base import Detector
from detection.timeseries.grid import Floats, Grid

HEADROOM = 2.0  # how many spans above the history's highest a value may still be


class OutOfRange(Detector):
    """Zero inside what the history makes believable, outside one plus the distance to it in spans."""

    kind = "out_of_range"

    def _fit(self, grid: Grid) -> None:
        self.low, self.high = _limits(self._target(grid))
        self.span = max(self.high - self.low, np.finfo(float).eps)

    def _score(self, grid: Grid, first: int) -> Floats:
        values = self._target(grid)[first:]
        outside = np.maximum(self.low - values, values - self.high)
        return np.asarray(np.where(outside > 0, 1 + outside / self.span, np.where(np.isnan(values), np.nan, 0.0)))


def _limits(values: Floats) -> tuple[float, float]:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    span = max(high - low, abs(high) * 0.1)
    return (0.0 if low >= 0 else low - HEADROOM * span), high + HEADROOM * span
