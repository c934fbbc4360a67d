"""One check of one series: the newest month against the three before, by tests that know about air.

Hourly air data remember for days and follow the season: a textbook test on them fires in nearly every stable month.
So levels are compared on the logarithm without the daily shape, sudden steps and noise on the innovations of an
autoregression, and what a season can explain is watched, not called drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from detection.drift import data, distances, network, residuals, steps
from detection.drift.residuals import Past
from detection.drift.result import ORDER, DriftResult, Test, Verdict
from detection.forecasting.grid import Array, infer_interval, step_hours, to_grid
from detection.timeseries.columns import neighbours_of
from detection.timeseries.grid import NotEnoughDataError, check_frame

LEAST_REFERENCE_DAYS = 21
LEAST_CURRENT_DAYS = 2
OWN_STEP = 7.0  # least statistic of a step against the own past; chosen on Lahore 2021 and 2022
COMPANION_STEP = 4.5  # and against companions; either has to be larger than what the reference itself holds
LEAST_STEP = 0.3  # log units, a factor of 1.35; smaller ones are not worth a training
LEAST_SHARED = 0.5  # correlation with a companion in the reference
CHECKED_EVERY = timedelta(days=7)
JUDGED_TWICE_HOURS = 12  # of overlap between two checks, for one that runs late
LEVEL_HOURS = 48  # the newest level
LEVEL_WEEKS = 4
LEVEL_FACTOR = 3.0  # times the worst of the LEVEL_WEEKS weeks before
LEAST_LEVEL = 0.75  # log units; below, a quiet month makes every change large
KS_P = 0.05
WASSERSTEIN_DEVIATIONS = 3.0
CHUNK_STRIDE_HOURS = 168
NOISE_PSI = 0.65  # Lahore's seasons reach 0.61, doubled noise 0.70 to 1.77
LEAST_REFERENCE_INNOVATIONS, LEAST_INNOVATIONS = 700, 100  # fewer fill no ten bins


@dataclass(frozen=True)
class Found:
    """A test's outcome with what it says about the change."""

    test: Test
    since: pd.Timestamp | None = None
    factor: float | None = None


def check(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    variable: str,
    timezone: str,
    every: timedelta = CHECKED_EVERY,
    interval: timedelta | None = None,
) -> DriftResult:
    """Compare `current` (say 720 hours) with `reference` (say the 2,160 before it, or years).

    A reference of a year or more tells the season, and then a level that leaves it is drift; without, it is watched.
    Every other column that both frames have is a companion: other pollutants of the station, or the same pollutant
    of its neighbours (`pm2_5@gulberg`), which are also asked by themselves. `every` is how often checks run: each
    moment is judged once for a step, when a week has shown that it stayed. Raises NotEnoughDataError, in one sentence,
    where there is too little of either frame.
    """
    grid, count, hours = _joined(reference, current, variable, interval)
    columns = [c for c in grid if grid[c].iloc[:count].notna().any() and grid[c].iloc[count:].notna().any()]
    pasts = {str(c): residuals.build(grid[c], count, hours, timezone) for c in {*columns, variable}}
    values = grid[variable].to_numpy(dtype=np.float64)
    past, shares = pasts[variable], _companions(pasts, variable)
    together = [pasts[name] for name, share in shares.items() if share > 0]
    found = [*_steps(past, together, every), *_levels(past, [pasts[name] for name in shares]), *_shapes(past)]
    found += [*_data(values[:count], values[count:], past), *_network(grid, variable, count, 24 // hours)]
    return _verdict(variable, found)


def _joined(
    reference: pd.DataFrame, current: pd.DataFrame, variable: str, interval: timedelta | None
) -> tuple[pd.DataFrame, int, int]:
    for frame in (reference, current):
        check_frame(frame)
        if variable not in frame:
            raise NotEnoughDataError(f"There are no readings of {variable} to check for drift.")
    rhythm = interval or infer_interval(pd.DatetimeIndex(reference.index))
    hours = step_hours(rhythm)
    if len(reference) and len(current) and reference.index[-1] >= current.index[0]:
        raise ValueError("The reference must end before the newest window begins.")
    grid = to_grid(pd.concat([reference, current]), hours, rhythm)
    count = int((grid.index < current.index.min()).sum())
    _enough(grid[variable], count, 24 // hours, variable)
    return grid, count, hours


def _enough(series: pd.Series, count: int, day: int, variable: str) -> None:
    for name, part, needed in (
        ("reference", series.iloc[:count], LEAST_REFERENCE_DAYS),
        ("newest window", series.iloc[count:], LEAST_CURRENT_DAYS),
    ):
        days = part.count() / day
        if days < needed:
            raise NotEnoughDataError(
                f"A drift check of {variable} needs {needed} days in the {name}; there are {days:.1f}."
            )


def _companions(pasts: dict[str, Past], variable: str) -> dict[str, float]:
    """The others that have something to do with it in the reference, and the correlation with each."""
    shares = {name: residuals.shared(pasts[variable], pasts[name]) for name in sorted(pasts) if name != variable}
    return {name: share for name, share in shares.items() if abs(share) >= LEAST_SHARED}


def _steps(past: Past, others: list[Past], every: timedelta) -> list[Found]:
    fresh = past.steps(round(every.total_seconds() / 3600) + JUDGED_TWICE_HOURS)
    found = [_strongest(past, "step", *steps.own_step(past), OWN_STEP, fresh)]
    if others:
        beside = [steps.companion_step(past, other.residual) for other in others]
        ratio = steps.agreed(np.stack([ratio for ratio, _ in beside]))
        size = np.median([size for _, size in beside], axis=0)
        least = COMPANION_STEP if len(others) > 1 else OWN_STEP  # one alone cannot say which of the two moved
        found.append(_strongest(past, "step_against_companions", ratio, size, least, fresh))
    return found


def _strongest(past: Past, name: str, ratio: Array, size: Array, least: float, fresh: int) -> Found:
    """The strongest step among the `fresh` newest moments that have a week behind them."""
    week = past.steps(steps.STAY_HOURS[-1])
    first = max(len(ratio) - week - fresh, 0)
    strength = np.where(np.abs(size) >= LEAST_STEP, np.abs(ratio), 0.0)
    threshold = max(least, float(strength[: max(first - week, 0)].max(initial=0.0)))
    where = first + int(np.argmax(strength[first:]))
    test = Test.above(name, float(strength[where]), threshold, decides=True)
    return Found(test, past.index[where], past.factor(float(size[where])))


def _levels(past: Past, others: list[Past]) -> list[Found]:
    """The newest level by itself, and beside each companion; two companions must say the same."""
    found = [_level("level", past, past.unseasonal, decides=past.knows_season and not others)]
    beside = [_level("level_against_companions", past, _beside(past, other), decides=True) for other in others]
    beside.sort(key=lambda item: item.test.statistic / item.test.threshold)
    return found + beside[-2:][:1]  # the weaker of the two strongest, or the only one


def _beside(past: Past, other: Past) -> Array:
    """(n,) what the companion's level does not explain."""
    known = np.isfinite(past.unseasonal) & np.isfinite(other.unseasonal)
    known[past.reference :] = False
    theirs = other.unseasonal[known]
    slope = float(theirs @ past.unseasonal[known] / (theirs @ theirs + 1e-9))
    return np.asarray(past.unseasonal - slope * other.unseasonal)


def _level(name: str, past: Past, residual: Array, *, decides: bool) -> Found:
    """The median of the newest two days against the worst of the four weeks before, all without their season."""
    newest, week = past.steps(LEVEL_HOURS), past.steps(7 * 24)
    before = residual[:-newest][-LEVEL_WEEKS * week :]
    weeks = [np.nanmedian(w) for w in np.array_split(before, LEVEL_WEEKS) if np.isfinite(w).any()]
    recent = residual[-newest:]
    away = float(np.nanmedian(recent)) if np.isfinite(recent).sum() >= newest / 3 else 0.0
    threshold = max(LEVEL_FACTOR * float(np.abs(weeks).max(initial=0.0)), LEAST_LEVEL)
    return Found(Test.above(name, abs(away), threshold, decides=decides), None, past.factor(away))


def _network(grid: pd.DataFrame, variable: str, count: int, day: int) -> list[Found]:
    """The newest week beside the same variable at other stations."""
    others = [grid[name].to_numpy(dtype=np.float64) for name in neighbours_of(variable, map(str, grid))]
    found = network.apart(grid[variable].to_numpy(dtype=np.float64), others, count, day)
    if found is None:
        return []
    test = Test.above("level_against_neighbours", abs(found.size), found.threshold, decides=True)
    return [Found(test, None, float(np.exp(found.size)))]


def _shapes(past: Past) -> list[Found]:
    """Distances of the distributions: of the residuals, which can only warn, and of the innovations."""
    was, now = past.residual[: past.reference], past.residual[past.reference :]
    sizes = (residuals.size_by_correlation_time(was), residuals.size_by_correlation_time(now))
    statistic, p_value = distances.ks(was, now, sizes)
    apart = distances.wasserstein(was, now)
    usual = distances.chunk_threshold(was, len(now), past.steps(CHUNK_STRIDE_HOURS), WASSERSTEIN_DEVIATIONS)
    innovations = residuals.regression(past)[1]
    noise = _noise(innovations[: past.reference], innovations[past.reference :])
    tests = [
        Test("ks", statistic, KS_P, p_value < KS_P, decides=False, p_value=p_value),
        Test.above("wasserstein", apart, usual, decides=False),
        Test.above("noise", noise, NOISE_PSI, decides=True),
    ]
    return [Found(test) for test in tests]


def _noise(reference: Array, current: Array) -> float:
    if (
        len(distances.finite(reference)) < LEAST_REFERENCE_INNOVATIONS
        or len(distances.finite(current)) < LEAST_INNOVATIONS
    ):
        return 0.0
    return distances.psi(reference, current)


def _data(reference: Array, current: Array, past: Past) -> list[Found]:
    gap = data.missing(reference, current)
    extreme = data.new_extremes(past.residual[: past.reference], past.residual[past.reference :])
    factor = data.unit_factor(reference, current[-past.steps(LEVEL_HOURS) :])
    jump = abs(float(np.log(factor))) if factor else 0.0
    return [
        Found(Test.above("missing", gap, data.MISSING_SHARE, decides=False)),
        Found(Test.above("extremes", extreme, data.EXTREME_SHARE, decides=True)),
        Found(Test.above("units", jump, 0.0, decides=True), None, factor),
    ]


def _verdict(variable: str, found: list[Found]) -> DriftResult:
    tests = tuple(item.test for item in found)
    fired = {item.test.name: item for item in found if item.test.fired}
    deciding = [item for item in fired.values() if item.test.decides]
    if deciding:
        item = min(deciding, key=lambda item: ORDER.index(item.test.name))
        return DriftResult(variable, "drift", item.test.name, item.since, item.factor, tests)
    if "missing" in fired:
        return DriftResult(variable, "watch", "missing", None, None, tests)
    verdict: Verdict = "watch" if fired else "stable"
    return DriftResult(variable, verdict, verdict, None, None, tests)
