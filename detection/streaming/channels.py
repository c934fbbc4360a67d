"""The questions asked of every new value. Each answers with a novelty against the past alone, then learns the value.

A channel is an object with `update(at, value) -> float`: seconds since the epoch, a finite value; the novelty is
≥ 0 in a unit of the channel's own, NaN until it can answer. Units do not matter: `rarity` compares a channel only
with itself.
"""

from math import log, log1p, nan
from typing import Protocol

from detection.streaming.forecast import Forecast
from detection.streaming.running import TINY, Deviation, Mean, Spread
from detection.streaming.shape import Shape

DAY = 86_400.0  # seconds
SPREAD_FLOOR = 1e-3  # of the largest spread so far, so that a flat stretch has a finite logarithm
LOG_SCALE_ROWS = 50  # the rows that fix the scale of the logarithm
SEASON_VISITS = 2  # to a time of day before it is judged
SEASON_SPREAD_HALF_LIFE = 350.0  # rows
SEASON_COMMON_SHARE = 0.25  # of the spread of all hours, added to an hour's own


class Channel(Protocol):
    """One question about a new value."""

    def update(self, at: float, value: float) -> float:
        """The value's novelty against the past; then learn it."""


class Season:
    """Distance from what is usual at this time of the day or week, in the usual distance of that time."""

    def __init__(self, period: float, bins: int, rate: float) -> None:
        self.period, self.bins, self.rate = period, bins, rate
        self.visits = [0] * bins
        self.means = [0.0] * bins
        self.spreads = [0.0] * bins
        self.common = Mean(SEASON_SPREAD_HALF_LIFE)

    def update(self, at: float, value: float) -> float:
        """The value's distance from its hour's mean; then learn it."""
        hour = int((at % self.period) / self.period * self.bins)
        visits = self.visits[hour]
        self.visits[hour] += 1
        distance = abs(value - self.means[hour]) if visits else 0.0
        novelty = nan
        if visits >= SEASON_VISITS:
            novelty = distance / (self.spreads[hour] + SEASON_COMMON_SHARE * self.common.value + TINY)
            self.common.update(distance)
            self.spreads[hour] += max(self.rate, 1.0 / visits) * (distance - self.spreads[hour])
        self.means[hour] += max(self.rate, 1.0 / (visits + 1)) * (value - self.means[hour])
        return novelty


class SmoothSeason:
    """`Season` of the value's short mean."""

    def __init__(self, half_life: float, season: Season) -> None:
        self.mean = Mean(half_life)
        self.season = season

    def update(self, at: float, value: float) -> float:
        """The short mean's distance from what is usual at this time; then learn it."""
        return self.season.update(at, self.mean.update(value))


class LogSeason:
    """`SmoothSeason` of the signed logarithm, so that a quiet hour weighs as much as a busy one."""

    def __init__(self, inner: SmoothSeason) -> None:
        self.inner = inner
        self.scale = Mean(1e9)

    def update(self, at: float, value: float) -> float:
        """The novelty of the value's logarithm; NaN until the scale is known."""
        if self.scale.rows < LOG_SCALE_ROWS:
            self.scale.update(abs(value))
            return nan
        size = log1p(abs(value) / (self.scale.value + TINY))
        return self.inner.update(at, size if value >= 0 else -size)


class Variability:
    """Has the scatter of the values changed? Deviation of the logarithm of the running standard deviation."""

    def __init__(self, half_life: float, long_half_life: float) -> None:
        self.spread = Spread(half_life)
        self.deviation = Deviation(long_half_life)
        self.largest = 0.0

    def update(self, at: float, value: float) -> float:
        """The novelty of the scatter; then learn it."""
        spread = self.spread.update(value)
        self.largest = max(self.largest, spread)
        if self.largest == 0:
            return nan
        return self.deviation.update(log(spread + SPREAD_FLOOR * self.largest))


class Activity:
    """Has the size of the steps changed? Deviation of the logarithm of the mean step."""

    def __init__(self, half_life: float, long_half_life: float) -> None:
        self.step = Mean(half_life)
        self.deviation = Deviation(long_half_life)
        self.largest = 0.0
        self.last = nan

    def update(self, at: float, value: float) -> float:
        """The novelty of the mean step; then learn it."""
        step = abs(value - self.last) if self.last == self.last else 0.0
        self.last = value
        self.largest = max(self.largest, step)
        usual = self.step.update(step)
        if self.largest == 0:
            return nan
        return self.deviation.update(log(usual + SPREAD_FLOOR * self.largest))


class Steps:
    """A `Shape` of the differences between neighbours."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.last = nan

    def update(self, at: float, value: float) -> float:
        """The novelty of the last differences; then learn them."""
        step = value - self.last if self.last == self.last else 0.0
        self.last = value
        return self.shape.update(at, step)


def all_channels() -> tuple[Channel, ...]:
    """The ensemble: the same for every series; half-lives in rows."""
    return (
        Forecast(lags=6),
        Shape(points=2, spacing=1),
        Shape(points=8, spacing=4),
        Shape(points=24, spacing=12),
        Steps(Shape(points=8, spacing=1)),
        Variability(half_life=20, long_half_life=400),
        Activity(half_life=48, long_half_life=576),
        SmoothSeason(6, Season(DAY, 24, rate=0.15)),
        LogSeason(SmoothSeason(4, Season(DAY, 24, rate=0.15))),
        SmoothSeason(3, Season(7 * DAY, 168, rate=0.2)),
    )
