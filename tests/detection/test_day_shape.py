"""The level of a day against what its shape foretells."""

from datetime import timedelta

import numpy as np
import pytest

from detection.detectors.learning.day_shape import DayShape
from detection.timeseries.grid import Floats, Grid
from tests.detection.frames import air
from tests.detection.trained import ZONE

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def grid() -> Grid:
    return Grid.of(air(120), HOUR)


@pytest.fixture(scope="module")
def shape(grid: Grid) -> DayShape:
    return DayShape.fit(grid.values["pm2_5"], grid, ZONE, positive=True)


def off(shape: DayShape, grid: Grid, values: Floats) -> Floats:
    return shape.off(values, grid, crossed=False)[-24:]


def test_a_factor_moves_the_level_by_its_logarithm_and_the_shape_not_at_all(shape: DayShape, grid: Grid) -> None:
    usual = grid.values["pm2_5"]
    assert off(shape, grid, 3 * usual) - off(shape, grid, usual) == pytest.approx(np.log(3), abs=0.01)


def test_a_series_that_can_be_negative_is_moved_by_an_offset_instead(grid: Grid) -> None:
    celsius = 10 * np.log(grid.values["pm2_5"]) - 40
    shape = DayShape.fit(celsius, grid, ZONE, positive=False)
    assert off(shape, grid, celsius + 5) - off(shape, grid, celsius) == pytest.approx(5.0)


def test_a_block_is_foretold_by_the_others(shape: DayShape, grid: Grid) -> None:
    values = grid.values["pm2_5"]
    own, crossed = (np.abs(shape.off(values, grid, crossed=crossed)) for crossed in (False, True))
    assert np.nanmean(crossed) > np.nanmean(own)


@pytest.mark.parametrize("interval", [timedelta(minutes=5), timedelta(hours=3), timedelta(days=1)])
def test_other_intervals_have_a_shape_too(interval: timedelta) -> None:
    grid = Grid.of(air(60, interval=interval), interval)
    values = grid.values["pm2_5"]
    shape = DayShape.fit(values, grid, ZONE, positive=True)
    assert np.isfinite(shape.off(values, grid, crossed=False)).mean() > 0.9


def test_nothing_known_is_no_level(shape: DayShape, grid: Grid) -> None:
    assert np.isnan(off(shape, grid, np.full(grid.size, np.nan))).all()
