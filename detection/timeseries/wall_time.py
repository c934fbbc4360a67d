"""Wall time as numbers: what hour, day and season it is where the sensor stands."""

from __future__ import annotations

import numpy as np
import pandas as pd

from detection.timeseries.grid import Floats

HOURS_A_DAY = 24.0
DAYS_A_YEAR = 365.25


def wall_time(at: pd.DatetimeIndex, zone: str) -> pd.DatetimeIndex:
    """UTC times as naive local times."""
    return at.tz_convert(zone).tz_localize(None)


def hour_of_day(at: pd.DatetimeIndex, zone: str) -> Floats:
    """Local hour with its fraction, 0 to 24."""
    local = wall_time(at, zone)
    return np.asarray(local.hour + local.minute / 60.0, dtype=np.float64)


def harmonics(phase: Floats, orders: int) -> Floats:
    """Sine and cosine of a phase (1 = a whole turn) and its multiples. Shape (n, 2 × orders)."""
    angles = 2 * np.pi * phase[:, None] * np.arange(1, orders + 1)[None, :]
    return np.hstack([np.sin(angles), np.cos(angles)])


def season(at: pd.DatetimeIndex, zone: str) -> Floats:
    """How much of the local year has passed, 0 to 1."""
    return np.asarray(wall_time(at, zone).day_of_year, dtype=np.float64) / DAYS_A_YEAR


def calendar(at: pd.DatetimeIndex, zone: str) -> Floats:
    """Hour and season as harmonics, and whether it is a weekend. Shape (n, 7)."""
    hour, year = harmonics(hour_of_day(at, zone) / HOURS_A_DAY, 2), harmonics(season(at, zone), 1)
    return np.column_stack([hour, year, np.asarray(wall_time(at, zone).day_of_week >= 5, dtype=np.float64)])
