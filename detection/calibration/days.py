"""Time counted in days on which something was read: an outage of months is no time in which alarms were awaited."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # the web process reads this too, and stays without pandas
    import pandas as pd

DAY = timedelta(days=1)
HOURS_A_DAY, DAYS_A_WEEK = 24.0, 7.0


class KnownDays:
    """The days of a history, counted from its first reading; those without any are left out."""

    def __init__(self, known: pd.DatetimeIndex) -> None:
        """`known`: the times of usable readings, ascending, at least one."""
        self.first = known[0]
        self.days = np.unique(np.asarray((known - self.first) // DAY))
        silent = self.days[-1] - (len(self.days) - 1)
        self.length = (known[-1] - self.first).total_seconds() / DAY.total_seconds() - silent

    def at(self, elapsed: float) -> pd.Timestamp:
        """The time at which so many days had been read."""
        whole = min(int(elapsed), len(self.days) - 1)
        return self.first + DAY * (float(self.days[whole]) + elapsed - whole)


def weeks_known(scores: NDArray[np.float64], per_hour: float) -> float:
    """How many weeks of scores, days without any left out."""
    day = max(1, round(HOURS_A_DAY * per_hour))
    known = np.add.reduceat(np.isfinite(scores), np.arange(0, len(scores), day)) > 0 if len(scores) else np.empty(0)
    share = float(known.mean()) if len(known) else 0.0
    return len(scores) / per_hour / HOURS_A_DAY / DAYS_A_WEEK * share
