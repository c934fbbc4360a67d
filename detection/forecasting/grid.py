"""Bring any series onto a regular grid of one hour or a longer divisor of the day."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from detection.timeseries.grid import LARGEST_VALUE, NotEnoughDataError

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

STEP_HOURS = (1, 2, 3, 4, 6, 8, 12, 24)  # grids that repeat every day
MIN_SHARE_OF_A_STEP = 0.5  # a step with fewer of its readings is missing


def infer_interval(index: pd.DatetimeIndex) -> timedelta:
    """The median distance between readings. Raises NotEnoughDataError below two readings."""
    if len(index) < 2:
        raise NotEnoughDataError(f"A forecast needs a history of readings; this series has {len(index)}.")
    seconds = index.to_series().diff().dt.total_seconds().median()
    return timedelta(seconds=float(seconds))


def step_hours(interval: timedelta) -> int:
    """The shortest grid step, in hours, that holds at least one reading."""
    wanted = interval.total_seconds() / 3600
    return next((hours for hours in STEP_HOURS if hours >= wanted - 0.01), STEP_HOURS[-1])


def to_grid(frame: pd.DataFrame, hours: int, interval: timedelta) -> pd.DataFrame:
    """Means per step of `hours`, labelled by the step's start, without holes in the index.

    A step that holds less than half of the readings it should hold is NaN.
    """
    numbers = frame.astype("float64")
    numbers = numbers.where(numbers.abs() <= LARGEST_VALUE)
    bins = numbers.resample(f"{hours}h", origin="epoch")
    expected = max(1.0, hours * 3600 / interval.total_seconds())
    return bins.mean().where(bins.count() >= MIN_SHARE_OF_A_STEP * expected)


def interval_note(interval: timedelta, hours: int) -> str | None:
    """One sentence where the grid is not the series' own rhythm."""
    if abs(interval.total_seconds() - hours * 3600) < 36:
        return None
    minutes, unit = round(interval / timedelta(minutes=1), 1), "hourly" if hours == 1 else f"{hours}-hour"
    apart = f"{minutes:g} {'minute' if minutes == 1 else 'minutes'}"
    return f"The readings are {apart} apart; the forecast is made on their {unit} means."
