"""Detectors compared where nothing is labelled, by the readings that they flag.

How far these stand apart from the readings around them, and how evenly they lie in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detection.timeseries.grid import Floats

Flags = NDArray[np.bool_]

NEAREST = 6  # readings in time, half of them before
CLOSE = timedelta(minutes=30)


@dataclass(frozen=True)
class Comparison:
    """One detector's flags. Separations are in standard deviations of the series, NaN without a flag."""

    anomalies: int
    rate: float
    local_separation: float  # mean distance of a flagged value to the mean of its 6 nearest readings
    temporal_separation: float  # the same to the readings within 30 minutes, or the next ones where there are none
    neighbourhood: float  # local separation of flagged readings over that of the others
    temporal_spread: float  # 1 = flags spread evenly over the time, 0 = all at one moment


def compare(values: pd.Series[float], flags: Flags) -> Comparison:
    """Compare flagged readings with those around them. `values` has an index of times."""
    numbers = np.asarray(values, dtype=np.float64)
    spread = float(np.nanstd(numbers)) or 1.0
    close = max(1, int(CLOSE / (values.index[1] - values.index[0]))) if len(values) > 1 else 1
    local = _apart(numbers, NEAREST // 2) / spread
    others, mine = _mean(local[~flags]), _mean(local[flags])
    return Comparison(
        anomalies=int(flags.sum()),
        rate=float(flags.mean()),
        local_separation=mine,
        temporal_separation=_mean(_apart(numbers, close)[flags]) / spread,
        neighbourhood=mine / others if others else float("nan"),
        temporal_spread=_spread(flags),
    )


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _apart(values: Floats, reach: int) -> Floats:
    """Distance of each value to the mean of `reach` readings before and after it; NaN where none of them is known."""
    padded = np.pad(values, reach, constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    known = np.isfinite(around)
    known[:, reach] = False  # the value itself
    count = known.sum(axis=1)
    mean = np.where(known, around, 0.0).sum(axis=1) / np.maximum(count, 1)
    return np.asarray(np.where(count > 0, np.abs(values - mean), np.nan))


def _spread(flags: Flags) -> float:
    """The spread of the flags' places against that of places spread evenly."""
    places = np.flatnonzero(flags)
    even = len(flags) / np.sqrt(12)
    return float(np.std(places) / even) if len(places) > 1 else 0.0
