"""Forecasts know from last year how wrong they will be in the season ahead."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from detection.forecasting import Forecaster
from detection.forecasting.bands import SEASON_AHEAD_DAYS, Errors, spread_quantiles
from detection.forecasting.combine import groups
from detection.forecasting.ensemble import fit_members
from detection.forecasting.panel import build
from detection.forecasting.scale import Scale
from detection.forecasting.season import GivenSeason
from tests.detection.frames import air

KARACHI = "Asia/Karachi"
LATELY, SEASON = 60 * 24, 50 * 24  # hours
NOW = 10_000.0


def wild(days: int) -> pd.DataFrame:
    """Air that was calm but for the weeks after this day of last year, when each day had a level of its own."""
    frame = air(days)
    ago = (frame.index[-1] - frame.index).days
    levels = np.random.default_rng(4).normal(0, 1, days + 1)[ago]
    frame["pm2_5"] *= np.where((ago < 365) & (ago > 365 - 45), np.exp(levels), 1)
    return frame


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return wild(400)


@pytest.fixture(scope="module")
def fitted(frame: pd.DataFrame) -> Forecaster:
    return Forecaster("pm2_5", KARACHI).fit(frame)


def widths(fitted: Forecaster, frame: pd.DataFrame) -> pd.Series:
    table = fitted.issue(frame)
    return table.q975 / table.q025


def test_a_band_widens_before_a_season_that_was_wild_last_year(fitted: Forecaster, frame: pd.DataFrame) -> None:
    calm = air(400)
    usual = widths(Forecaster("pm2_5", KARACHI).fit(calm), calm)
    assert (widths(fitted, frame) > 1.5 * usual).all()


def test_a_history_of_less_than_a_year_knows_of_no_season_ahead() -> None:
    assert not len(Forecaster("pm2_5", KARACHI).fit(air(300)).year_ago.at)


def test_a_season_that_was_not_measured_last_year_tells_nothing() -> None:
    frame = air(400)
    ago = (frame.index[-1] - frame.index).days
    frame.loc[(ago <= 365) & (ago > 280), "pm2_5"] = np.nan
    fitted = Forecaster("pm2_5", KARACHI).fit(frame)
    assert not len(fitted.year_ago.at)
    assert np.isfinite(fitted.issue(frame).to_numpy()).all()


def test_last_years_errors_are_dated_a_year_later(fitted: Forecaster, frame: pd.DataFrame) -> None:
    end = (frame.index[-1] - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(hours=1)
    assert end <= fitted.year_ago.at.min() < end + 24
    assert end + 24 * (SEASON_AHEAD_DAYS + 20) < fitted.year_ago.at.max() < end + 24 * (SEASON_AHEAD_DAYS + 30)


def test_members_learn_nothing_from_the_season_that_they_shall_not_have_seen() -> None:
    grid = air(120)
    panel = build(grid, "pm2_5", {str(name): Scale.of(grid[name].to_numpy()) for name in grid}, 1, KARACHI)
    season, flat = range(1000, 2000), GivenSeason(pd.Series(0.0, grid.index))
    other = panel.seen.copy()
    other[season.start : season.stop] += 3
    learnt = [
        fit_members(replace(panel, seen=seen), len(grid), 72, KARACHI, flat, unseen)["ridge"].coefficients
        for seen, unseen in ((panel.seen, season), (other, season), (other, range(0)))
    ]
    assert (learnt[0] == learnt[1]).all()
    assert (learnt[1] != learnt[2]).any()


def known(ahead_days: float) -> Errors:
    """Small errors lately, ten times as large ones that far ahead."""
    random = np.random.default_rng(2)
    at = np.concatenate([NOW - np.arange(LATELY), NOW + ahead_days * 24 + np.arange(SEASON)])
    size = np.where(at > NOW, 10.0, 1.0)[:, None]
    return Errors(at, (at % 24).astype(np.int64), size * random.normal(0, 1, (len(at), 72)))


@pytest.mark.parametrize(("ahead_days", "is_wide"), [(1, True), (SEASON_AHEAD_DAYS + 1, False)])
def test_only_the_weeks_ahead_count_of_last_year(ahead_days: float, is_wide: bool) -> None:
    spread = spread_quantiles(known(ahead_days), NOW, 4, groups(72, 1), 24)
    assert bool((spread[:, 6] > 6).all()) is is_wide
