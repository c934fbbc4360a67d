"""Running statistics that forget exponentially and start fast. Every update is O(1)."""

from collections import deque
from math import sqrt

TINY = 1e-12
TYPICAL_SHARE = 0.05  # of the usual deviation, added to the spread so that a flat past does not divide by zero
TYPICAL_ROWS = 2000  # rows over which the usual deviation is averaged


def decay_rate(half_life: float) -> float:
    """The weight of the newest row of an exponential mean with `half_life` in rows."""
    return float(1.0 - 0.5 ** (1.0 / half_life))


class Mean:
    """Exponential mean; a plain mean until it has seen about a half-life of rows."""

    def __init__(self, half_life: float) -> None:
        self.rate = decay_rate(half_life)
        self.rows = 0
        self.value = 0.0

    def update(self, value: float) -> float:
        """Take in `value` and return the mean with it."""
        self.rows += 1
        self.value += max(self.rate, 1.0 / self.rows) * (value - self.value)
        return self.value


class Spread:
    """Exponential mean and standard deviation."""

    def __init__(self, half_life: float) -> None:
        self.rate = decay_rate(half_life)
        self.rows = 0
        self.mean = 0.0
        self.variance = 0.0

    def update(self, value: float) -> float:
        """Take in `value` and return the standard deviation with it."""
        self.rows += 1
        rate = max(self.rate, 1.0 / self.rows)
        step = value - self.mean
        self.mean += rate * step
        self.variance = (1.0 - rate) * (self.variance + rate * step * step)
        return sqrt(self.variance)


class Deviation:
    """How many standard deviations a value lies from the mean of what came before it."""

    def __init__(self, half_life: float) -> None:
        self.spread = Spread(half_life)
        self.typical = 0.0

    def update(self, value: float) -> float:
        """The deviation of `value` (≥ 0) against the past; then learn it."""
        if self.spread.rows == 0:
            self.spread.update(value)
            return 0.0
        distance = abs(value - self.spread.mean)
        self.typical += (distance - self.typical) / min(self.spread.rows, TYPICAL_ROWS)
        floor = TYPICAL_SHARE * self.typical + TINY
        novelty = distance / (sqrt(self.spread.variance) + floor)
        self.spread.update(value)
        return novelty


class BoxMean:
    """Mean of the last `rows` values."""

    def __init__(self, rows: int) -> None:
        self.recent: deque[float] = deque(maxlen=rows)

    def update(self, value: float) -> float:
        """Take in `value` and return the mean with it."""
        self.recent.append(value)
        return sum(self.recent) / len(self.recent)
