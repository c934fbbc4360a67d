"""A series and its companions on the grid, with the running means every member needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from detection.forecasting.grid import Array, Rows
from detection.forecasting.scale import Scale
from detection.timeseries.grid import lagged

LEVEL_DAYS = 3
WEEK_DAYS = 7
MONTH_DAYS = 28
FILL_DAYS = 3  # a gap is bridged, for features only, by the same hour of up to three days before


@dataclass(frozen=True)
class Panel:
    """n grid steps of `hours` hours. `seen` (n,): what was measured; `z`: the same with short gaps bridged."""

    index: pd.DatetimeIndex
    hours: int
    hour: Rows
    year_angle: Array
    seen: Array
    z: Array
    level: Array
    spread: Array
    week: Array
    month: Array
    same_week: Array
    same_month: Array
    others: tuple[tuple[Array, Array, Array], ...]

    @property
    def day(self) -> int:
        """Steps a day."""
        return 24 // self.hours


def build(grid: pd.DataFrame, target: str, scales: dict[str, Scale], hours: int, timezone: str) -> Panel:
    """Every value at step t is computed from steps ≤ t."""
    index = pd.DatetimeIndex(grid.index)
    local = index.tz_convert(timezone)
    day = 24 // hours
    seen = scales[target].forward(grid[target].to_numpy())
    z = bridge(seen, day)
    return Panel(
        index=index,
        hours=hours,
        hour=np.asarray(local.hour // hours, dtype=np.int64),
        year_angle=np.asarray((local.day_of_year + local.hour / 24) * 2 * np.pi / 365.25, dtype=np.float64),
        seen=seen,
        z=z,
        level=running_mean(z, LEVEL_DAYS * day),
        spread=running_spread(z, LEVEL_DAYS * day),
        week=running_mean(z, WEEK_DAYS * day),
        month=running_mean(z, MONTH_DAYS * day),
        same_week=same_hour_mean(z, day, WEEK_DAYS),
        same_month=same_hour_mean(z, day, MONTH_DAYS),
        others=tuple(_companion(grid, name, scales[name], day) for name in scales if name != target),
    )


def _companion(grid: pd.DataFrame, name: str, scale: Scale, day: int) -> tuple[Array, Array, Array]:
    values = grid[name].to_numpy() if name in grid else np.full(len(grid), np.nan)
    z = bridge(scale.forward(values), day)
    return z, running_mean(z, LEVEL_DAYS * day), running_mean(z, MONTH_DAYS * day)


def bridge(z: Array, day: int) -> Array:
    """Fill from the same hour of the days before; what is older than FILL_DAYS stays NaN."""
    filled = z.copy()
    for days in range(1, FILL_DAYS + 1):
        filled = np.where(np.isnan(filled), lagged(z, days * day), filled)
    return filled


def running_mean(z: Array, steps: int) -> Array:
    """Trailing mean over `steps`, NaN where fewer than half of them exist."""
    series = pd.Series(z)
    return series.rolling(steps, min_periods=max(2, steps // 2)).mean().to_numpy()


def running_spread(z: Array, steps: int) -> Array:
    """Trailing standard deviation, NaN where fewer than half of the steps exist."""
    return pd.Series(z).rolling(steps, min_periods=max(2, steps // 2)).std().to_numpy()


def same_hour_mean(z: Array, day: int, days: int) -> Array:
    """At each step the mean of the same hour over the last `days` days, today included."""
    padded = np.concatenate([z, np.full(-len(z) % day, np.nan)]).reshape(-1, day)
    means = pd.DataFrame(padded).rolling(days, min_periods=max(1, days // 2)).mean()
    return means.to_numpy().reshape(-1)[: len(z)]


def at(values: Array, rows: Rows) -> Array:
    """values[rows], NaN where a row lies before the first step. Shape of `rows`."""
    return np.where(rows >= 0, values[np.maximum(rows, 0)], np.nan)
