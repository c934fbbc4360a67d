"""What the rules must know about a variable, and what its own past says is usual."""

from dataclasses import dataclass
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingestion.quality.limits import RANGES, USUAL_TIMES


class Flag(NamedTuple):
    """A doubt about one value: the rule's name and a sentence."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Habit:
    """How long a series usually repeats one value: above its floor, and resting on the floor (rows)."""

    run: int
    floor: float
    floor_run: int


@dataclass(frozen=True, slots=True)
class Spec:
    """One variable as the rules see it. Limits are in its canonical unit."""

    code: str
    label: str = ""
    unit: str = ""
    low: float = -inf
    high: float = inf
    pollutant: bool = False
    habit: Habit | None = None

    @property
    def name(self) -> str:
        """What a sentence calls it."""
        return self.label or self.code


LABELS = {"pm2_5": "PM2.5", "pm10": "PM10"} | {code: code.upper() for code in ("so2", "no2", "o3", "co", "no", "nh3")}
POLLUTANTS = tuple(Spec(code, LABELS[code], "µg/m³", low, high, pollutant=True) for code, (low, high) in RANGES.items())


def learn_habit(values: NDArray[np.float64]) -> Habit:
    """The repeat habit of a series from its past (1-d, NaN = missing). Rare long runs are no habit."""
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]][: len(values)])
    lengths = np.diff(np.r_[starts, len(values)])
    level = values[starts]
    if not np.isfinite(level).any():
        return Habit(run=1, floor=0.0, floor_run=1)
    floor = float(np.nanmin(level))
    return Habit(_usual(lengths[level > floor]), floor, _usual(lengths[level == floor]))


def _usual(lengths: NDArray[np.int64]) -> int:
    """The longest run that has been seen USUAL_TIMES times (a longer run counts as a shorter one too)."""
    return int(np.sort(lengths)[-USUAL_TIMES]) if len(lengths) >= USUAL_TIMES else 1
