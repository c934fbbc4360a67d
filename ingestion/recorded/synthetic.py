"""A made-up machine temperature with faults whose times are known: for tests, demonstrations and nothing else.

A daily sine of 64 to 76 °C with autocorrelated noise, one reading a minute. Same seed, same values. The faults lie in
the last third, so that what comes before is clean enough to learn from.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

MINUTE = timedelta(minutes=1)
MIDDLE, SWING = 70.0, 6.0  # °C
NOISE, MEMORY = 0.12, 0.8  # °C of each minute's own; share of the last minute's that stays
MINUTES_A_DAY = 1440
CLEAN_SHARE = 2 / 3  # of the days
DIGITS = 3

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fault:
    """What was done to the readings with start ≤ at < end."""

    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Synthetic:
    """Times, values in °C (NaN: nothing was sent), and what is wrong with them."""

    times: list[datetime]
    values: Floats
    faults: list[Fault]

    def label(self, at: datetime) -> str:
        """The kind of fault at a time; empty where there is none."""
        return next((fault.kind for fault in self.faults if fault.start <= at < fault.end), "")


# kind → (minutes it lasts, what becomes of the values)
FAULTS: dict[str, tuple[int, Callable[[Floats], Floats]]] = {
    "spike": (5, lambda values: values + 12.0),
    "stuck": (120, lambda values: np.full_like(values, values[0])),
    "zero": (20, np.zeros_like),
    "level_shift": (360, lambda values: values + 5.0),
    "drift": (1440, lambda values: values + np.linspace(0.0, 8.0, len(values))),
    "gap": (45, lambda values: np.full_like(values, np.nan)),
}


def synthesize(end: datetime, days: int = 21, seed: int = 1) -> Synthetic:
    """`days` of minutes that end before `end`, one fault of each kind in the last third."""
    rng = np.random.default_rng(seed)
    count = days * MINUTES_A_DAY
    times = [end - back * MINUTE for back in range(count, 0, -1)]
    minute = np.arange(count)
    values = MIDDLE + SWING * np.sin(2 * np.pi * minute / MINUTES_A_DAY) + _noise(rng, count)
    faults = []
    for kind, start in zip(FAULTS, _starts(rng, count), strict=True):
        length, change = FAULTS[kind]
        values[start : start + length] = change(values[start : start + length])
        faults.append(Fault(kind, times[start], times[start] + length * MINUTE))
    return Synthetic(times, values.round(DIGITS), faults)


def _noise(rng: np.random.Generator, count: int) -> Floats:
    steps = rng.normal(0.0, NOISE, count)
    for place in range(1, count):
        steps[place] += MEMORY * steps[place - 1]
    return np.asarray(steps)


def _starts(rng: np.random.Generator, count: int) -> list[int]:
    """One place for each fault, each in a stretch of its own."""
    first = int(count * CLEAN_SHARE)
    stretch = (count - first) // len(FAULTS)
    longest = max(length for length, _ in FAULTS.values())
    room = max(1, stretch - longest - 60)  # an hour between two at least
    return [first + number * stretch + int(rng.integers(room)) for number in range(len(FAULTS))]
