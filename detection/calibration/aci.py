"""Adaptive conformal inference: quantiles of residuals whose long-run coverage holds while the air changes.

Gibbs and Candès, "Adaptive Conformal Inference Under Distribution Shift", NeurIPS 2021.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GAMMA = 0.01  # how far one hit or miss moves the level
GAMMA_AHEAD = 0.002  # the same for forecasts days ahead: a whole run of misses is learnt at once, and too late
FEWEST = 48  # residuals before a quantile is given
STRETCH = 3.0  # how fast the band grows where the level has run past the window's extremes, in its half-widths
LOWEST, HIGHEST = -0.5, 1.5  # bounds of the adapted level: a burst of misses must be forgotten in finite time


@dataclass
class AdaptiveQuantile:
    """One quantile of a stream of residuals: ask `value()`, then `update(residual)`.

    `window` residuals are remembered, FEWEST at least: 28 days of daily readings would never answer.
    """

    target: float
    window: int
    gamma: float = GAMMA
    level: float = field(init=False)
    _recent: deque[float] = field(default_factory=deque)
    _sorted: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.level = self.target
        self.window = max(self.window, FEWEST)

    def value(self) -> float:
        """The present quantile, NaN while fewer than FEWEST residuals are known."""
        known = len(self._sorted)
        if known < FEWEST:
            return float("nan")
        place = self.level * (known + 1) - 1
        if 0 <= place <= known - 1:
            low = int(place)
            high = min(low + 1, known - 1)
            return self._sorted[low] + (place - low) * (self._sorted[high] - self._sorted[low])
        edge = self._sorted[0] if place < 0 else self._sorted[-1]
        beyond = min(self.level, 0.0) if place < 0 else max(self.level - 1.0, 0.0)
        return edge + STRETCH * abs(beyond) * (edge - self._sorted[known // 2])

    def update(self, residual: float, issued: float | None = None) -> None:
        """Learn a residual; `issued` is the quantile promised for it (default: the present one)."""
        if not np.isfinite(residual):
            return
        promised = self.value() if issued is None else issued
        if np.isfinite(promised):
            moved = self.level + self.gamma * (self.target - float(residual <= promised))
            self.level = min(max(moved, LOWEST), HIGHEST)
        insort(self._sorted, residual)
        self._recent.append(residual)
        if len(self._recent) > self.window:
            del self._sorted[bisect_left(self._sorted, self._recent.popleft())]


def issued_quantiles(residuals: Floats, target: float, window: int, delay: int = 1, gamma: float = GAMMA) -> Floats:
    """The quantile issued for each residual when all up to `delay` steps before it were known. Shape (n,).

    `delay` 1 is a one-step forecast, 24 a forecast a day ahead of an hourly series.
    """
    tracker = AdaptiveQuantile(target, window, gamma)
    issued = np.full(len(residuals), np.nan)
    for t in range(len(residuals)):
        known = t - delay
        if known >= 0:
            tracker.update(float(residuals[known]), float(issued[known]))
        issued[t] = tracker.value()
    return issued
