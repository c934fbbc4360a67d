"""Has a stretch like the last one been seen before? Nearest neighbour among remembered stretches."""

from collections import deque
from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

from detection.streaming.running import BoxMean

REMEMBERED = 1500  # stretches
FEWEST = 2  # remembered stretches before one is judged


class Shape:
    """Distance from the last stretch to the nearest remembered one.

    A stretch is `points` means of `spacing` rows each. It is remembered only when it no longer overlaps the present,
    so that a slow event does not vouch for itself.
    """

    def __init__(self, points: int, spacing: int) -> None:
        self.points, self.spacing = points, spacing
        self.mean = BoxMean(spacing)
        self.rows = 0
        self.recent = np.zeros(points * spacing)
        self.offsets = spacing * np.arange(points)
        self.every = max(1, spacing // 2)
        self.waiting: deque[NDArray[np.float64]] = deque()
        self.memory = np.zeros((REMEMBERED, points))
        self.sizes = np.zeros(REMEMBERED)  # squared length of each remembered stretch
        self.origin = nan  # the first value, taken off all: the squares below would drown small differences
        self.stored = 0

    def update(self, at: float, value: float) -> float:
        """Distance of the stretch that ends here to the nearest remembered one; then keep it for later."""
        place = self.rows % len(self.recent)
        if self.rows == 0:
            self.origin = value
        self.recent[place] = self.mean.update(value - self.origin)
        self.rows += 1
        if self.rows < len(self.recent):
            return nan
        stretch = self.recent[(place - self.offsets) % len(self.recent)]
        novelty = self._nearest(stretch)
        if self.rows % self.every == 0:
            self._keep(stretch)
        return novelty

    def _nearest(self, stretch: NDArray[np.float64]) -> float:
        known = min(self.stored, REMEMBERED)
        if known < FEWEST:
            return nan
        memory = self.memory[:known]
        nearest = int((self.sizes[:known] - 2.0 * (memory @ stretch)).argmin())
        gap = memory[nearest] - stretch
        return sqrt(float(gap @ gap) / self.points)

    def _keep(self, stretch: NDArray[np.float64]) -> None:
        self.waiting.append(stretch)
        if len(self.waiting) * self.every > len(self.recent):
            oldest = self.waiting.popleft()
            slot = self.stored % REMEMBERED
            self.memory[slot], self.sizes[slot] = oldest, oldest @ oldest
            self.stored += 1
