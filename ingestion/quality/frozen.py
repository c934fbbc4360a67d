"""Frozen: exactly one value for longer than this series usually repeats itself at that level."""

import numpy as np
from numpy.typing import NDArray

from ingestion.quality.limits import FROZEN_LONGEST
from ingestion.quality.window import Mask, Window


def run_starts(window: Window) -> NDArray[np.int64]:
    """(rows, variables): the row since which the value has been the same; the row itself where it has just changed."""
    index = np.arange(len(window.values))[:, None]
    return np.maximum.accumulate(np.where(_same(window), 0, index), axis=0)


def find_frozen(window: Window) -> Mask:
    """Causal: the first rows of a stretch look like any other, flags begin where the limit is reached.

    The limit counts in rows and, up to a day, in time, so that a station that reports more often than it must is not
    flagged early.
    """
    table = window.table
    starts = run_starts(window)
    limit = np.where(window.values <= table.floor, table.frozen_at_floor, table.frozen) - 1
    found = np.arange(len(starts))[:, None] - starts >= limit
    rows, columns = np.nonzero(found)
    intervals = (window.times[rows] - window.times[starts[rows, columns]]) / table.interval
    day = FROZEN_LONGEST.total_seconds() / table.interval
    found[rows, columns] = intervals > np.minimum(limit[rows, columns] - 0.5, day)
    return found


def say_frozen(window: Window, row: int, column: int) -> str:
    """Names the limit and not the length so far: the sentence must not depend on how much past is in view."""
    table, given = window.table, window.given[row, column]
    name = table.specs[column].name
    limit = (table.frozen_at_floor if given <= table.floor[column] else table.frozen)[column]
    return f"{name} is exactly {given:g} at least {limit} times in a row: the sensor or its feed is stuck."


def _same(window: Window) -> Mask:
    same = window.none()
    same[1:] = window.values[1:] == window.values[:-1]
    same &= window.contiguous[:, None]
    return same
