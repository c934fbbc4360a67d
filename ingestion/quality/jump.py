"""A jump without company: one pollutant leaps while all of its relatives stand still.

Compared with the median of the three rows before, so that the return from a single bad value is not a jump,
and a new level is accepted after two rows.
"""

from math import log

import numpy as np

from ingestion.quality.limits import JUMP_LEAST_RELATIVES, JUMP_OFFSET, JUMP_STILL
from ingestion.quality.window import Floats, Mask, Window

STILL = log(JUMP_STILL)


def reference(values: Floats) -> Floats:
    """(rows, variables): the median of the three rows before, of what there is; NaN where nothing is."""
    padded = np.full((len(values) + 3, values.shape[1]), np.nan)
    padded[3:] = values
    first, second, third = padded[2:-1], padded[1:-2], padded[:-3]
    return np.asarray(np.fmax(np.fmin(first, second), np.fmin(np.fmax(first, second), third)))


def steps(window: Window) -> Floats:
    """(rows, variables): distance from the reference as a logarithm; NaN without one."""
    level = np.log(np.maximum(window.values, 0.0) + JUMP_OFFSET)
    step = np.abs(level - reference(level))
    step[~window.contiguous] = np.nan
    return np.asarray(step)


def find_jump(window: Window) -> Mask:
    found = window.none()
    step = steps(window)
    for column, leap, relatives in window.table.jumpers:
        leaping = step[:, column] >= leap
        if leaping.any():
            found[:, column] = leaping & _alone(step[:, relatives])
    return found


def say_jump(window: Window, row: int, column: int) -> str:
    spec = window.table.specs[column]
    before, value = reference(window.values[: row + 1])[row, column], window.given[row, column]
    return f"{spec.name} went from {before:g} to {value:g} {spec.unit} while its relatives stood still."


def _alone(relatives: Floats) -> Mask:
    """(rows,): enough relatives are there, and none of them moves."""
    present = np.isfinite(relatives).sum(axis=1) >= JUMP_LEAST_RELATIVES
    return np.asarray(present & ~(relatives >= STILL).any(axis=1))
