"""Rows of one station in time order, as matrices: what every rule looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import nan

import numpy as np
from numpy.typing import NDArray

from ingestion.observation import Observation
from ingestion.quality.table import Table

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(slots=True)
class Window:
    """`given` and `values` are (rows, variables) with NaN for missing.

    In `values` what an earlier rule has doubted is missing too. `contiguous` says per row whether it follows
    its predecessor closely enough to be compared with it.
    """

    table: Table
    times: Floats  # seconds since 1970
    given: Floats
    values: Floats
    contiguous: Mask
    received: Floats  # (rows,) seconds since 1970, NaN where arrival says nothing

    def none(self) -> Mask:
        """(rows, variables): no cell is marked yet."""
        return np.zeros(self.values.shape, dtype=bool)


def build(table: Table, rows: Sequence[Observation], received_at: Sequence[datetime | None]) -> Window:
    """The window over `rows`, which are sorted by time and arrived at `received_at` (None: that says nothing)."""
    codes = table.codes
    given = np.array([list(map(row.values.get, codes)) for row in rows], dtype=np.float64)  # None becomes NaN
    given = given.reshape(len(rows), len(codes))
    times = np.array([row.at.timestamp() for row in rows], dtype=np.float64)
    contiguous = np.zeros(len(rows), dtype=bool)
    contiguous[1:] = times[1:] - times[:-1] <= table.longest_gap
    received = np.array([nan if at is None else at.timestamp() for at in received_at], dtype=np.float64)
    return Window(table, times, given, given.copy(), contiguous, received)
