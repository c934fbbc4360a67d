"""Learns as it goes: one pass, constant memory, an idea of each time of day that forgets."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import numpy as np

from detection.detectors.base import Detector
from detection.timeseries.grid import Floats, Grid
from detection.timeseries.robust import mad
from detection.timeseries.scale import Scale

RATE = 0.15  # weight of a new day in the idea of its time of day
CARRY = 0.8  # share of the last deviation that is expected to last
FLOOR_SHARE = 0.05  # of the history's spread
CUT = 5.0  # spreads at which a deviation is cut off before it is learnt


class Online(Detector):
    """Deviation from the time of day's mean, less what the last deviation foretold, in its own usual size.

    The state is two numbers per time of day. A day is learnt after all of it has been scored.
    """

    kind = "online"
    memory: ClassVar[timedelta] = timedelta(days=60)

    def _fit(self, grid: Grid) -> None:
        values = self._target(grid)
        self.scale = Scale.of(values)
        scaled = self.scale.forward(values)
        self.floor = FLOOR_SHARE * mad(scaled) + np.finfo(float).eps
        self.mean = np.full(grid.day, np.nanmedian(scaled))
        self.spread = np.full(grid.day, mad(scaled) + self.floor)
        _, self.mean, self.spread = self._walk(grid)

    def _score(self, grid: Grid, first: int) -> Floats:
        return self._walk(grid)[0][first:]

    def _walk(self, grid: Grid) -> tuple[Floats, Floats, Floats]:
        """Scores, and the state after the last day. Learns from day to day, on a copy of the state."""
        scaled = self.scale.forward(self._target(grid))
        before = grid.first % grid.day
        after = -(before + grid.size) % grid.day
        days = np.pad(scaled, (before, after), constant_values=np.nan).reshape(-1, grid.day)
        mean, spread = self.mean.copy(), self.spread.copy()
        scores = np.empty_like(days)
        last = np.nan
        for i, day in enumerate(days):
            off = day - mean
            carried = np.nan_to_num(CARRY * np.concatenate([[last], off[:-1]]))
            surprise = off - carried
            scores[i] = np.abs(surprise) / np.maximum(spread, self.floor)
            last = off[-1]
            known = np.isfinite(day)
            bound = CUT * spread
            mean = np.where(known, mean + RATE * np.clip(np.nan_to_num(off), -2 * bound, 2 * bound), mean)
            size = np.minimum(np.nan_to_num(np.abs(surprise)), bound)
            spread = np.where(known, spread + RATE * (size - spread), spread)
        return scores.ravel()[before : before + grid.size], mean, spread
