"""Keeping the promised rate of false alarms while the seasons change.

Adaptive conformal inference, carried over from single readings to alarm episodes: every alarm makes the next one
dearer, every quiet day cheaper, so that over any long time as many come as were asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detection.calibration.threshold import AGAIN_HOURS, MERGE_HOURS

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

STEP = 1.0  # powers of ten of rarity by which one alarm raises the bar: less holds the rate worse and finds no more
FARTHEST = 2.0  # powers of ten that the bar may move: beyond this the model is to be trained anew
DAYS_A_MONTH = 30.0


@dataclass(frozen=True)
class RateKeeper:
    """The bar, in log10 of days between, against what the calibration says. Store `offset`; the rest is settings."""

    per_month: float
    offset: float = 0.0

    @property
    def bar(self) -> float:
        """The surprise (log10 of days between) from which a reading is an alarm now."""
        return float(np.log10(DAYS_A_MONTH / self.per_month)) + self.offset

    def after(self, days: float, alarms: int) -> RateKeeper:
        """The keeper after some days with so many alarms that were not confirmed as true events."""
        moved = self.offset + STEP * (alarms - days * self.per_month / DAYS_A_MONTH)
        return replace(self, offset=min(max(moved, -FARTHEST), FARTHEST))


def alarms_kept(surprises: Floats, per_month: float, per_hour: float = 1.0) -> Flags:
    """Which readings are alarms when the keeper runs along a history. Shape (n,).

    An episode counts when it begins and again for each AGAIN_HOURS it lasts, as the thresholds count it.
    """
    keeper = RateKeeper(per_month)
    alarms = np.zeros(len(surprises), dtype=bool)
    began, last = -np.inf, -np.inf
    for i, surprise in enumerate(surprises):
        counted = 0
        if surprise >= keeper.bar:
            alarms[i] = True
            fresh = i - last > MERGE_HOURS * per_hour
            if fresh or i - began >= AGAIN_HOURS * per_hour:
                began, counted = i, 1
            last = i
        keeper = keeper.after(1 / (24 * per_hour), counted)
    return alarms
