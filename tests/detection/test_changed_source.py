"""Forecasts of a series whose source has begun to measure otherwise: another level, as after a provider's new model."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from detection.detectors import create
from detection.forecasting import Forecaster
from detection.forecasting.forecaster import MIN_DAYS
from detection.lifecycle.gate.held_out import Target, fitted_forecaster
from detection.timeseries.grid import NotEnoughDataError
from tests.detection.frames import HOUR, air

KARACHI = "Asia/Karachi"
BEFORE, SINCE = 380, 20  # days
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """A tenth of what it was for the newest days."""
    frame = air(BEFORE + SINCE)
    frame.iloc[BEFORE * 24 :] *= 0.1
    return frame


@pytest.fixture(scope="module")
def change(frame: pd.DataFrame) -> pd.Timestamp:
    return frame.index[BEFORE * 24]


@pytest.fixture(scope="module")
def fitted(frame: pd.DataFrame, change: pd.Timestamp) -> Forecaster:
    return Forecaster("pm2_5", KARACHI).fit(frame, changed_at=change)


def test_how_wrong_it_is_comes_from_the_days_since(fitted: Forecaster, change: pd.Timestamp) -> None:
    first = pd.Timestamp("1970-01-01", tz="UTC") + pd.Timedelta(hours=float(fitted.errors.at.min()))
    assert change < first < change + SINCE * DAY
    assert not len(fitted.year_ago.at), "a year ago another source was wrong"


def test_its_band_is_narrower_than_one_that_holds_the_jump(fitted: Forecaster, frame: pd.DataFrame) -> None:
    told_nothing = Forecaster("pm2_5", KARACHI).fit(frame)
    assert width(fitted, frame) < 0.7 * width(told_nothing, frame)


def test_it_knows_more_than_the_days_since_could_teach(
    fitted: Forecaster, frame: pd.DataFrame, change: pd.Timestamp
) -> None:
    alone = Forecaster("pm2_5", KARACHI).fit(frame.loc[change:])
    assert any("too short for ridge" in note for note in alone.notes)
    assert fitted.notes == ()


def test_days_after_the_change_it_cannot_say_how_wrong_it_is(frame: pd.DataFrame) -> None:
    newest = frame.index[-1]
    with pytest.raises(NotEnoughDataError, match=f"needs {MIN_DAYS} days of readings; there are 4"):
        Forecaster("pm2_5", KARACHI).fit(frame, changed_at=newest - 4 * DAY)


def test_the_range_that_knows_the_days_since_tells_it_no_season_of_before(
    frame: pd.DataFrame, change: pd.Timestamp
) -> None:
    band = create("prophet_band", "pm2_5", interval=HOUR, zone=KARACHI).fit(frame.loc[change:])
    made = fitted_forecaster(frame, frame.index[-1], Target("pm2_5", HOUR, KARACHI, change), band)
    assert made.season.values.index[0] == change


def width(model: Forecaster, frame: pd.DataFrame) -> float:
    table = model.issue(frame)
    return float(np.log(table["q975"] / table["q025"]).mean())
