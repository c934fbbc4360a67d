"""Readings that are faults beyond doubt: what is usual must not be learnt from them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detection.detectors.flatline import Flatline
from detection.timeseries.grid import Grid
from detection.timeseries.robust import mad
from detection.timeseries.scale import Scale

FARTHEST = 12.0  # robust sigmas from the median, on the series' own scale
BEYOND_CHANCE = 3.0  # powers of ten by which a run of repeats is rarer than once in the history
MOST_DAYS = 0.2  # of a history: where more are odd, odd is what is usual


def without_faulty_days(frame: pd.DataFrame, target: str, interval: timedelta) -> pd.DataFrame:
    """A copy without the target's values on days with a stuck value or one far outside of all others."""
    days = pd.DatetimeIndex(frame.index).floor("D")
    faulty = days.isin(days[_sure(frame, target, interval)])
    if days[faulty].nunique() > MOST_DAYS * days.nunique():
        return frame
    return frame.assign(**{target: frame[target].where(~faulty)})


def _sure(frame: pd.DataFrame, target: str, interval: timedelta) -> NDArray[np.bool_]:
    """Shape (len(frame),)."""
    grid = Grid.of(frame[[target]], interval)
    scaled = Scale.of(grid.values[target]).forward(grid.values[target])
    spread = mad(scaled) or np.inf
    far = np.abs(scaled - np.nanmedian(scaled)) > FARTHEST * spread
    runs = Flatline(target, interval=interval).fit_grid(grid).score_grid(grid, 0)
    stuck = np.nan_to_num(runs) > np.log10(grid.size) + BEYOND_CHANCE
    return np.nan_to_num(grid.to_rows((far | stuck).astype(np.float64))) > 0
