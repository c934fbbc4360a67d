"""How high the day is, against what its shape foretells: a drift moves the level and leaves the shape as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from detection.timeseries.grid import HOUR, Floats, Grid, lag_matrix, lagged
from detection.timeseries.robust import ridge
from detection.timeseries.rolling import deviation_over, max_over, mean_over
from detection.timeseries.wall_time import HOURS_A_DAY, harmonics, hour_of_day, season

POINTS = 24  # of the profile of a day
BLOCK, BLOCKS = timedelta(days=12), 5  # each twelve days are foretold by a line that never saw them
EVERY, RIDGE = timedelta(hours=3), 240.0
LARGEST = 4.0  # standard deviations
DAYS = 3  # whose profiles' mean counts too
LOWEST, TINY = 0.5, 1e-6  # of the 2 % quantile, and at least: a zero has no logarithm
SMALL_STEP, SMALL_MEAN, SMALL_SPREAD = 0.003, 0.01, 0.05  # log units


@dataclass(frozen=True)
class DayShape:
    """Ridge regressions of the last day's mean on numbers that a factor leaves as they are."""

    floor: float | None  # None where the series can be negative: then an offset leaves them as they are
    zone: str
    usual: Floats
    spread: Floats
    level: float
    weights: Floats  # (columns, 1 + BLOCKS): from all of the history, and from all but each block

    @classmethod
    def fit(cls, values: Floats, grid: Grid, zone: str, *, positive: bool) -> DayShape:
        """Fit on a clean history; at least one of its values is no NaN."""
        floor = max(LOWEST * float(np.nanquantile(values, 0.02)), TINY) if positive else None
        logs = _logs(values, floor)
        level, columns = mean_over(logs, grid.day), _columns(logs, grid, zone)
        known = np.isfinite(level)
        middle, usual = _mean(level[known]), _mean(columns[known])
        spread = np.sqrt(_mean((columns[known] - usual) ** 2)) + TINY
        design, blocks = _standard(columns, usual, spread), _blocks(grid)
        used = known & (np.arange(grid.size) % grid.steps(EVERY) == 0)
        parts = [used, *(used & (blocks != block) for block in range(BLOCKS))]
        weights = [ridge(design[part], level[part] - middle, RIDGE) for part in parts]
        return cls(floor, zone, usual, spread, float(middle), np.column_stack(weights))

    def off(self, values: Floats, grid: Grid, *, crossed: bool) -> Floats:
        """The last day's mean less what its shape foretells, in log units (the series' own where it can be negative).

        `crossed` where the grid is the history it was fitted on: each block is then foretold by the others.
        """
        logs = _logs(values, self.floor)
        foretold = _standard(_columns(logs, grid, self.zone), self.usual, self.spread) @ self.weights
        line = 1 + _blocks(grid) if crossed else np.zeros(grid.size, dtype=np.int64)
        return mean_over(logs, grid.day) - self.level - np.take_along_axis(foretold, line[:, None], axis=1)[:, 0]


def _logs(values: Floats, floor: float | None) -> Floats:
    return values if floor is None else np.log(np.maximum(values, floor))


def _standard(columns: Floats, usual: Floats, spread: Floats) -> Floats:
    return np.clip(np.nan_to_num((columns - usual) / spread), -LARGEST, LARGEST)


def _mean(values: Floats) -> Floats:
    """The mean of what is there; zero where nothing is."""
    return np.asarray(np.nansum(values, axis=0) / np.maximum(np.isfinite(values).sum(axis=0), 1))


def _blocks(grid: Grid) -> NDArray[np.int64]:
    return np.arange(grid.size) // grid.steps(BLOCK) % BLOCKS


def _columns(logs: Floats, grid: Grid, zone: str) -> Floats:
    """Numbers that do not change where all values change by one factor. Shape (n, about 110)."""
    centre = mean_over(logs, grid.day)
    return np.column_stack(
        [
            _profiles(logs, centre, grid, zone),
            _roughness(logs, grid),
            _extremes(logs, centre, grid),
            harmonics(season(grid.times(), zone), 2),
        ]
    )


def _profiles(logs: Floats, centre: Floats, grid: Grid, zone: str) -> Floats:
    """The last day around its own mean by hour of the wall clock, and the mean of the last three such days."""
    points = min(POINTS, grid.day)
    lags = [round(k * grid.day / points) for k in range(points)]
    around = lag_matrix(logs, lags) - centre[:, None]
    now = (hour_of_day(grid.times(), zone) * points / HOURS_A_DAY).astype(np.int64)
    profile = np.full_like(around, np.nan)
    np.put_along_axis(profile, (now[:, None] - np.arange(points)) % points, around, axis=1)
    return np.column_stack([profile, _mean(np.stack([lagged(profile, k * grid.day) for k in range(DAYS)]))])


def _roughness(logs: Floats, grid: Grid) -> Floats:
    """Distances to the values some hours before, and bends of the curve: two kinds of mean over 1, 3 and 7 days."""
    steps = [np.abs(logs - lagged(logs, grid.steps(lag * HOUR))) for lag in (1, 2, 3, 6, 12)]
    sizes = np.column_stack([*steps, np.abs(logs - 2 * lagged(logs, 1) + lagged(logs, 2))])
    columns = []
    for days in (1, 3, 7):
        columns.append(np.log(mean_over(sizes, days * grid.day) + SMALL_MEAN))
        columns.append(mean_over(np.log(sizes + SMALL_STEP), days * grid.day))
    return np.column_stack(columns)


def _extremes(logs: Floats, centre: Floats, grid: Grid) -> Floats:
    """The day's spread, how far its highest and lowest lie from its mean, how lopsided it is, its largest steps."""
    day = grid.day
    spread = deviation_over(logs, day)
    sizes = np.column_stack([spread, max_over(logs, day) - centre, max_over(-logs, day) + centre])
    columns = [sizes, mean_over(sizes, 2 * day), mean_over(sizes, 6 * day)]
    columns.append(mean_over((logs - centre) ** 3, day) / (spread + SMALL_SPREAD) ** 3)
    step = logs - lagged(logs, 1)
    rises = np.column_stack([np.maximum(step, 0.0), np.maximum(-step, 0.0)])
    for span in (day, 3 * day):
        columns += [max_over(rise, span) for rise in rises.T]
        columns.append(np.log(mean_over(rises**2, span) + SMALL_STEP))
    return np.column_stack(columns)
