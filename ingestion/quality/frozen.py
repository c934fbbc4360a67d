"""Frozen: exactly one value for longer than this series usually repeats itself at that level."""

import numpy as np
from numpy.typing import NDArray

from ingestion.quality.window import Mask, Window


def runs(window: Window) -> NDArray[np.int64]:
    """(rows, variables): for how many rows in a row, this one included, the value has been the same."""
    index = np.arange(len(window.values))[:, None]
    last_change = np.maximum.accumulate(np.where(_same(window), 0, index), axis=0)
    return np.asarray(index - last_change + 1)


def find_frozen(window: Window) -> Mask:
    """Causal: the first rows of a stretch look like any other, flags begin where the limit is reached."""
    table = window.table
    limit = np.where(window.values <= table.floor, table.frozen_at_floor, table.frozen)
    return runs(window) >= limit


def say_frozen(window: Window, row: int, column: int) -> str:
    spec = window.table.specs[column]
    given = window.given[: row + 1, column]
    before = np.flatnonzero(given != given[row])
    rows = row - int(before[-1]) if len(before) else row + 1
    return f"{spec.name} is exactly {given[row]:g}, {rows} times in a row: the sensor or its feed is stuck."


def _same(window: Window) -> Mask:
    same = window.none()
    same[1:] = window.values[1:] == window.values[:-1]
    same &= window.contiguous[:, None]
    return same
