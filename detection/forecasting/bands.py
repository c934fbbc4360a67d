"""Calibrated quantiles: the recent errors of issued-as-if forecasts, by horizon and hour, newest first.

Split conformal prediction with weights that fade, so that the bands follow the smog season; last year's errors of the
season ahead, dated a year later, let them widen before it begins. Forecasts issued every few hours share most of their
errors; the outer quantiles are widened for what that hides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.forecasting.combine import GROUP_ENDS_HOURS
from detection.forecasting.grid import Array, Rows

QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
OUTER = (0, len(QUANTILES) - 1)
HALF_LIFE_DAYS = 60  # of an error's weight
MEMORY_DAYS = 120  # older errors are forgotten
SEASON_AHEAD_DAYS = 45  # in which last year's errors, dated a year later, count already
WIDENING = 1.1  # of the outermost quantiles; chosen on 2022-05..2023-06 and 2025-03..2025-08
WIDENING_OF_KNOWN_SEASON = 1.03  # where last year tells what comes; chosen on 2022-05..2023-06
MIN_ERRORS_PER_HOUR = 30  # else the hour takes the group's mean error
SMALLEST = 1e-6


@dataclass(frozen=True)
class Errors:
    """Past errors on the models' scale.

    `at` (m,) origins in hours since 1970, `hour` (m,) their local step of the day, `value` (m, horizon).
    """

    at: Array
    hour: Rows
    value: Array

    def joined(self, newer: Errors) -> Errors:
        return Errors(
            np.concatenate([self.at, newer.at]),
            np.concatenate([self.hour, newer.hour]),
            np.concatenate([self.value, newer.value]),
        )

    def recent(self, now: float) -> Errors:
        """Those of the last MEMORY_DAYS and last year's of the coming season, or all where that leaves nothing."""
        near = (self.at > now - MEMORY_DAYS * 24) & (self.at < now + SEASON_AHEAD_DAYS * 24)
        keep = near & np.isfinite(self.value).any(axis=1)
        return Errors(self.at[keep], self.hour[keep], self.value[keep]) if keep.any() else self


def spread_quantiles(errors: Errors, now: float, hour: int, group: Rows, day: int) -> Array:
    """(horizon, len(QUANTILES)): what to add to a forecast issued at local step `hour`."""
    pool = errors.recent(now)
    size = hourly_size(pool, group, day)
    weight = 0.5 ** (np.abs(now - pool.at) / 24 / HALF_LIFE_DAYS)
    widening = WIDENING_OF_KNOWN_SEASON if (pool.at > now).any() else WIDENING
    ahead = np.arange(1, len(group) + 1)
    landing = (pool.hour[:, None] + ahead) % day
    answer, used, found = np.empty((len(group), len(QUANTILES))), 0, np.zeros(len(QUANTILES))
    for number in np.unique(group):
        steps = np.flatnonzero(group == number)
        relative = pool.value[:, steps] / size[number, landing[:, steps]]
        if np.isfinite(relative).any():  # else no forecast is that old yet: as uncertain as the group before
            used = number
            found = weighted_quantiles(relative, np.repeat(weight[:, None], len(steps), axis=1), widening)
        answer[steps] = found * size[used, (hour + ahead[steps]) % day][:, None]
    return answer


def hourly_size(pool: Errors, group: Rows, day: int) -> Array:
    """(groups, day): the mean absolute error by horizon group and landing hour, neighbours included."""
    landing = (pool.hour[:, None] + np.arange(1, len(group) + 1)) % day
    size = np.full((len(GROUP_ENDS_HOURS), day), SMALLEST)
    for number in np.unique(group):
        value, hours = np.abs(pool.value[:, group == number]).ravel(), landing[:, group == number].ravel()
        good = np.isfinite(value)
        total = with_neighbours(hours[good], value[good], day)
        count = with_neighbours(hours[good], np.ones(int(good.sum())), day)
        overall = total.sum() / max(count.sum(), 1)
        own = np.where(count >= MIN_ERRORS_PER_HOUR, total / np.maximum(count, 1), overall)
        size[number] = np.maximum(own, SMALLEST)
    return size


def with_neighbours(hours: Rows, value: Array, day: int) -> Array:
    """Each hour's sum together with the hours beside it, around the clock."""
    by_hour = np.bincount(hours, value, minlength=day)
    return np.asarray(np.roll(by_hour, -1) + by_hour + np.roll(by_hour, 1), dtype=np.float64)


def weighted_quantiles(values: Array, weights: Array, widening: float) -> Array:
    """(len(QUANTILES),) of the finite values; the outer two times `widening`."""
    good = np.isfinite(values)
    values, weights = values[good], weights[good]
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) - 0.5 * weights[order]
    found = np.interp(QUANTILES, reached / weights.sum(), values[order])
    found[list(OUTER)] *= widening
    return np.asarray(np.maximum.accumulate(found))
