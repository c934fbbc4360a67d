"""The rules as a table: name → what it finds and what it says. Order is precedence: one reason per value.

`find` marks the doubtful cells of a whole window at once, `say` makes the sentence for one of them. What a
rule has marked counts as missing for the rules after it.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ingestion.quality.frozen import find_frozen, say_frozen
from ingestion.quality.jump import find_jump, say_jump
from ingestion.quality.limits import (
    ABSURD,
    CLOCK_TOLERANCE,
    PM_SHARE,
    PM_SLACK,
    REPEATED_LEAST,
    SENTINELS,
)
from ingestion.quality.window import Mask, Window


class Rule(NamedTuple):
    """One rule: `find(window)` → (rows, variables); `say(window, row, column)` → a sentence."""

    name: str
    find: Callable[[Window], Mask]
    say: Callable[[Window, int, int], str]


def find_sentinel(window: Window) -> Mask:
    """A number that stands for "missing"."""
    found = np.abs(window.values) >= ABSURD
    low = window.values <= max(SENTINELS)
    if low.any():
        found |= low & np.isin(window.values, SENTINELS)
    return np.asarray(found)


def say_sentinel(window: Window, row: int, column: int) -> str:
    return f"{_value(window, row, column)} is how a provider writes a missing value."


def find_negative(window: Window) -> Mask:
    """A concentration below zero."""
    return np.asarray((window.values < 0) & window.table.pollutant)


def say_negative(window: Window, row: int, column: int) -> str:
    return f"{_value(window, row, column)}: a concentration cannot be below zero."


def find_out_of_range(window: Window) -> Mask:
    """Beyond what the variable can be."""
    return np.asarray((window.values < window.table.low) | (window.values > window.table.high))


def say_out_of_range(window: Window, row: int, column: int) -> str:
    spec = window.table.specs[column]
    return f"{_value(window, row, column)} is outside {spec.low:g} to {spec.high:g}."


def find_zero_pair(window: Window) -> Mask:
    """PM2.5 and PM10 both exactly zero: air always holds some dust."""
    found, pm = window.none(), window.table.pm
    if pm:
        found[:, pm] = (window.values[:, pm] == 0).all(axis=1)[:, None]
    return found


def say_zero_pair(_window: Window, _row: int, _column: int) -> str:
    return "PM2.5 and PM10 are both exactly 0: a missing value was sent as zero."


def find_clock_skew(window: Window) -> Mask:
    """Stamped later than it arrived."""
    ahead = window.times > window.received + CLOCK_TOLERANCE.total_seconds()
    return np.asarray(np.isfinite(window.values) & ahead[:, None])


def say_clock_skew(window: Window, row: int, _column: int) -> str:
    minutes = (window.times[row] - window.received[row]) / 60
    return f"Stamped {minutes:.0f} minutes after its arrival: the station's clock is ahead."


def find_repeated(window: Window) -> Mask:
    """Every value exactly as in the row before: one measurement sent again under another time."""
    now, before = window.given[1:], window.given[:-1]
    same = now == before
    alike = (same | (np.isnan(now) & np.isnan(before))).all(axis=1)
    if not alike.any():
        return window.none()
    enough = (same & window.table.pollutant & np.isfinite(window.values[1:])).sum(axis=1) >= REPEATED_LEAST
    rows = np.concatenate([[False], alike & enough]) & window.contiguous
    return np.asarray(np.isfinite(window.values) & rows[:, None])


def say_repeated(_window: Window, _row: int, _column: int) -> str:
    return "All values are exactly those of the reading before: the same measurement was sent again."


def find_pm_order(window: Window) -> Mask:
    """More PM2.5 than the PM10 that contains it. Both are marked: either may be the wrong one."""
    found, pm = window.none(), window.table.pm
    if pm:
        fine, coarse = window.values[:, pm].T
        found[:, pm] = (fine > PM_SHARE * coarse + PM_SLACK)[:, None]
    return found


def say_pm_order(window: Window, row: int, _column: int) -> str:
    fine, coarse = window.given[row, window.table.pm]
    return f"PM2.5 ({fine:g}) is more than PM10 ({coarse:g}), of which it is a part: one of them is wrong."


def _value(window: Window, row: int, column: int) -> str:
    spec = window.table.specs[column]
    return f"{spec.name} {window.given[row, column]:g} {spec.unit}".rstrip()


RULES = (
    Rule("sentinel", find_sentinel, say_sentinel),
    Rule("negative", find_negative, say_negative),
    Rule("out_of_range", find_out_of_range, say_out_of_range),
    Rule("zero_pair", find_zero_pair, say_zero_pair),
    Rule("clock_skew", find_clock_skew, say_clock_skew),
    Rule("repeated", find_repeated, say_repeated),
    Rule("frozen", find_frozen, say_frozen),
    Rule("pm_order", find_pm_order, say_pm_order),
    Rule("jump", find_jump, say_jump),
)
