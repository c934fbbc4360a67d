"""A frame laid onto a regular grid of time, so that a lag is an index and a gap is a row of NaN."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LARGEST_GRID = 20_000_000  # intervals; beyond this the interval is wrong, not the history long
LARGEST_VALUE = 1e12  # a larger reading says nothing more, and its square would overflow
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EPOCH = pd.Timestamp(0, tz="UTC")


class NotEnoughDataError(ValueError):
    """The history is too short to learn from."""


@dataclass(frozen=True)
class Grid:
    """One array per variable on consecutive intervals; `rows[i]` is the place of the frame's row i.

    A second reading within one interval has the place -1: the first one counts, so that nothing known
    later changes an earlier value.
    """

    first: int  # intervals since 1970 of place 0
    size: int
    interval: timedelta
    values: dict[str, Floats]
    rows: NDArray[np.int64]

    @classmethod
    def of(cls, frame: pd.DataFrame, interval: timedelta) -> Grid:
        """Lay the frame onto the grid. Raises ValueError for a frame that is not one (see `check_frame`)."""
        check_frame(frame)
        if not len(frame):
            return cls(0, 0, interval, {str(c): np.empty(0) for c in frame}, np.empty(0, dtype=np.int64))
        since = pd.DatetimeIndex(frame.index) - EPOCH
        places = np.rint(np.asarray(since / interval)).astype(np.int64)
        first, size = int(places[0]), int(places[-1] - places[0] + 1)
        if size > LARGEST_GRID:
            raise ValueError(f"{size} intervals of {interval} lie between first and last row: check the interval.")
        fresh = np.concatenate([[True], np.diff(places) > 0])
        rows = np.where(fresh, places - first, -1)
        values = {str(c): _placed(frame[c].to_numpy(np.float64), rows, size) for c in frame}
        return cls(first, size, interval, values, rows)

    @property
    def day(self) -> int:
        """How many intervals make a day, at least one."""
        return self.steps(DAY)

    def steps(self, span: timedelta) -> int:
        """How many intervals make a span, at least one."""
        return max(1, round(span / self.interval))

    def times(self) -> pd.DatetimeIndex:
        """The grid's times in UTC."""
        start = EPOCH + self.first * pd.Timedelta(self.interval)
        return pd.date_range(start, periods=self.size, freq=self.interval, unit="ns")

    def same_hour(self, values: Floats, days: int, first: int = 0) -> Floats:
        """A column per day back at the same time of day, yesterday first. Shape (size - first, days)."""
        return lag_matrix(values, [k * self.day for k in range(1, days + 1)], first)

    def to_rows(self, scores: Floats) -> Floats:
        """Scores on the grid, brought back to the frame's rows."""
        found = np.full(len(self.rows), np.nan)
        placed = self.rows >= 0
        found[placed] = scores[self.rows[placed]]
        return found


def check_frame(frame: pd.DataFrame) -> None:
    """Raise ValueError, saying what to do, unless sorted, unique times with a zone index the frame."""
    index = frame.index
    if not isinstance(index, pd.DatetimeIndex) or index.tz is None:
        raise ValueError("The frame needs an index of times with a zone (UTC).")
    if not index.is_monotonic_increasing:
        raise ValueError("The frame's times are not in order: sort it by time first.")
    if not index.is_unique:
        raise ValueError("The frame has two rows with the same time: keep one of them.")


def _placed(values: Floats, rows: NDArray[np.int64], size: int) -> Floats:
    """Values at their places on an otherwise empty grid; infinities count as missing."""
    placed = np.full(size, np.nan)
    usable = (rows >= 0) & np.isfinite(values)
    placed[rows[usable]] = np.clip(values[usable], -LARGEST_VALUE, LARGEST_VALUE)
    return placed


def lagged(values: Floats, lag: int) -> Floats:
    """Values `lag` intervals earlier, of a column or of several; NaN before the beginning."""
    shifted = np.full(values.shape, np.nan)
    if lag < len(values):
        shifted[lag:] = values[: len(values) - lag]
    return shifted


def lag_matrix(values: Floats, lags: list[int], first: int = 0) -> Floats:
    """A column per lag, for the rows from `first` on. Shape (len(values) - first, len(lags))."""
    matrix = np.full((len(values) - first, len(lags)), np.nan)
    for column, lag in enumerate(lags):
        known = values[max(first - lag, 0) : max(len(values) - lag, 0)]
        matrix[len(matrix) - len(known) :, column] = known
    return matrix
