"""What the learned detector weighs at each reading: errors, levels and runs over several windows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from detection.detectors.estimators.relations import against_itself
from detection.detectors.estimators.usual_error import usual_error
from detection.detectors.learning.forecasters import Errors
from detection.timeseries.grid import HOUR, Floats, Grid, lagged
from detection.timeseries.robust import row_mad, row_median, trailing_mean
from detection.timeseries.rolling import deviation_over, max_over, mean_over, sum_over
from detection.timeseries.wall_time import harmonics, hour_of_day

MEMORY = timedelta(days=64)
DAYS = 28
LARGEST = 60.0  # usual errors: more is as good as this
LARGEST_SHARE = 30.0  # the same of rare errors
RARE = 0.98  # quantile of errors of one hour and sign that counts as one
NEAR_HOURS = 1.5  # to an hour of the day: those beside it have a say
SMALLEST_SPREAD = 0.1  # log units


@dataclass(frozen=True)
class RareSteps:
    """How large an error has to be to be rare, for each hour of the day and sign, in usual errors."""

    up: Floats
    down: Floats

    @classmethod
    def of(cls, ratios: Floats, hours: Floats) -> RareSteps:
        """From errors in usual errors; each hour looks at its neighbours too."""
        up, down = np.full(24, 1.0), np.full(24, 1.0)
        for hour in range(24):
            near = np.minimum((hours - hour) % 24, (hour - hours) % 24) <= NEAR_HOURS
            known = ratios[near & np.isfinite(ratios)]
            if len(known):
                up[hour] = max(np.quantile(known, RARE), 1.0)
                down[hour] = max(-np.quantile(known, 1 - RARE), 1.0)
        return cls(up, down)

    def share(self, ratios: Floats, hours: Floats) -> Floats:
        """Errors in units of what is rare, signed."""
        hour = hours.astype(int) % 24
        return np.asarray(
            np.clip(ratios / np.where(ratios > 0, self.up[hour], self.down[hour]), -LARGEST_SHARE, LARGEST_SHARE)
        )


def error_ratios(step: Floats, grid: Grid, smallest: float) -> Floats:
    """One-step errors in usual errors."""
    return np.clip(step / usual_error(step, grid, smallest), -LARGEST, LARGEST)


def own_features(
    scaled: Floats, errors: Errors, ratios: Floats, rare: RareSteps, runs: list[Floats], grid: Grid, zone: str
) -> Floats:
    """All features of the series itself. Shape (n, about 75)."""
    hours = hour_of_day(grid.times(), zone)
    return np.column_stack(
        [
            scaled,
            harmonics(hours / 24, 1),
            _sudden(errors.step, ratios, rare.share(ratios, hours), grid),
            _levels(scaled, errors, grid),
            _days(scaled, grid),
            _texture(scaled, grid),
            *[np.column_stack([run, max_over(run, _span(grid, 24))]) for run in runs],
        ]
    )


def relation_features(relation: Floats, grid: Grid) -> Floats:
    """Features of a relation to others (neighbours, companions): now, its change, its means. Shape (n, 7)."""
    off, ratio = against_itself(relation, grid)
    means = [mean_over(off, _span(grid, hours)) for hours in (6, 24, 72)]
    return np.column_stack([off, ratio, relation - lagged(relation, 1), *means, mean_over(ratio, _span(grid, 24))])


def _span(grid: Grid, hours: float) -> int:
    return grid.steps(hours * HOUR)


def _sudden(step: Floats, ratios: Floats, rare: Floats, grid: Grid) -> Floats:
    """Is it sudden: the last errors, their sums, their extremes."""
    size = np.abs(ratios)
    columns = [step, ratios, size, rare, np.abs(rare)]
    columns += [sum_over(step, _span(grid, hours)) for hours in (3, 6, 12, 24, 48, 72, 120)]
    for hours in (3, 6, 24, 72):
        span = _span(grid, hours)
        columns += [max_over(ratios, span), -max_over(-ratios, span), mean_over(size, span)]
    for hours in (3, 24, 72):
        span = _span(grid, hours)
        columns += [max_over(rare, span), -max_over(-rare, span)]
    return np.column_stack(columns)


def _levels(scaled: Floats, errors: Errors, grid: Grid) -> Floats:
    """Is it unusual for this hour: against 28 and 7 days of the same hour, and against the longer forecasts."""
    same_hour = grid.same_hour(scaled, DAYS)
    centre = row_median(same_hour, 7)
    spread = np.maximum(row_mad(same_hour, centre, 7), SMALLEST_SPREAD)
    off = scaled - centre
    columns = [off, off / spread, scaled - row_median(same_hour[:, :7], 3), spread, *errors.leads]
    for series in (off, off / spread, *errors.leads):
        columns += [mean_over(series, _span(grid, hours)) for hours in (6, 24, 72, 168)]
    return np.column_stack(columns)


def _days(scaled: Floats, grid: Grid) -> Floats:
    """The last 24 hours' mean among the days before it."""
    day = mean_over(scaled, grid.day)
    before = grid.same_hour(day, DAYS)
    middle = row_median(before, 7)
    spread = np.maximum(row_mad(before, middle, 7), SMALLEST_SPREAD)
    off = day - row_median(before[:, :14], 4)
    rank = (before < day[:, None]).mean(axis=1)
    half = mean_over(scaled, _span(grid, 12)) - lagged(day, grid.day)
    return np.column_stack([off, off / spread, rank, half, day[:, None] - before[:, [0, 2, 4, 6]]])


def _texture(scaled: Floats, grid: Grid) -> Floats:
    """How rough the last day was, alone and against four weeks."""
    rough = np.abs(scaled - lagged(scaled, 1))
    day = mean_over(rough, grid.day)
    usual = trailing_mean(rough, DAYS * grid.day)
    return np.column_stack([deviation_over(scaled, grid.day), day / np.maximum(usual, 0.01)])
