"""The forecaster's contract: what it issues, what it needs, what it says when it cannot."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from detection.forecasting import COLUMNS, Forecaster
from detection.timeseries.grid import NotEnoughDataError
from tests.detection.frames import air

KARACHI = "Asia/Karachi"


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return air(100)


@pytest.fixture(scope="module")
def fitted(frame: pd.DataFrame) -> Forecaster:
    return Forecaster("pm2_5", KARACHI).fit(frame)


def test_it_forecasts_the_72_hours_after_the_last_reading(fitted, frame):
    table = fitted.issue(frame)
    assert list(table.columns) == [*COLUMNS, "expected"]
    assert COLUMNS == ("q025", "q100", "q250", "q500", "q750", "q900", "q975")
    assert table.index[0] == frame.index[-1] + timedelta(hours=1)
    assert len(table) == 72
    assert table.attrs["origin"] == frame.index[-1]
    assert np.isfinite(table.to_numpy()).all()


def test_its_quantiles_are_ordered_and_widen_with_the_hours(fitted, frame):
    table = fitted.issue(frame)
    assert (np.diff(table[list(COLUMNS)].to_numpy(), axis=1) >= 0).all()
    width = (table.q975 - table.q025) / table.expected
    assert width.iloc[48:].mean() > 1.5 * width.iloc[0]
    assert (table.to_numpy() >= 0).all()


def test_a_saved_forecaster_issues_the_same(fitted, frame):
    again = Forecaster.load(fitted.save())
    pd.testing.assert_frame_equal(again.issue(frame), fitted.issue(frame))


def test_an_artifact_of_another_format_is_refused_before_it_is_opened():
    gone = b"cdetection.forecasting.gone\nGone\n."  # a pickle that names a class which is not there any more
    with pytest.raises(ValueError, match="no saved forecaster of format"):
        Forecaster.load(b"aqi-forecaster 0\n" + gone)


def test_it_uses_nothing_from_after_the_origin(fitted, frame):
    later = air(130)
    later.iloc[: len(frame)] = frame
    until = frame.index[-200]
    changed = frame.copy()
    changed.loc[until + timedelta(hours=1) :] *= 3
    pd.testing.assert_frame_equal(fitted.issue(frame.loc[:until]), fitted.issue(changed.loc[:until]))


def test_it_does_not_change_the_frame(fitted, frame):
    before = frame.copy()
    fitted.issue(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_it_starts_after_the_last_reading_when_the_feed_is_late(fitted, frame):
    late = frame.copy()
    late.loc[late.index[-5] :, "pm2_5"] = np.nan
    table = fitted.issue(late)
    assert table.index[0] == late.index[-5]


def test_it_bridges_gaps_and_missing_companions(fitted, frame):
    holed = frame.copy()
    holed.iloc[-60:-50] = np.nan
    holed["no2"] = np.nan
    table = fitted.issue(holed.drop(columns="pm10"))
    assert np.isfinite(table.to_numpy()).all()


def test_bands_widen_when_the_newest_forecasts_were_wrong(fitted):
    longer = air(130)
    wild = longer.copy()
    random = np.random.default_rng(3)
    wild.iloc[100 * 24 :] *= np.exp(random.normal(0, 0.8, (30 * 24, 1)))
    calm_table, wild_table = fitted.issue(longer), fitted.issue(wild)
    assert (wild_table.q975 / wild_table.q025).mean() > 1.5 * (calm_table.q975 / calm_table.q025).mean()


def test_a_season_may_be_given_instead_of_fitted(frame):
    ahead = pd.date_range(frame.index[0], periods=len(frame) + 100, freq="h")
    season = pd.Series(frame.pm2_5.groupby(frame.index.hour).median()[ahead.hour].to_numpy(), ahead)
    made = Forecaster("pm2_5", KARACHI).fit(frame, season)
    assert "season" in made.ensemble.members
    assert np.isfinite(made.issue(frame).to_numpy()).all()


def test_five_minute_readings_are_forecast_on_hourly_means_and_it_says_so():
    minutes = air(12, interval=timedelta(minutes=5))
    made = Forecaster("pm2_5", KARACHI).fit(minutes)
    table = made.issue(minutes)
    assert len(table) == 72
    assert made.notes[0] == "The readings are 5 minutes apart; the forecast is made on their hourly means."


def test_three_hourly_readings_are_forecast_every_three_hours():
    slow = air(120, interval=timedelta(hours=3))
    table = Forecaster("pm2_5", KARACHI).fit(slow).issue(slow)
    assert len(table) == 24
    assert table.index[1] - table.index[0] == timedelta(hours=3)
    assert np.isfinite(table.to_numpy()).all()


def test_a_short_history_is_forecast_by_simpler_rules_and_it_says_so():
    week = air(8)
    made = Forecaster("pm2_5", KARACHI).fit(week)
    assert any("too short for ridge, boosting, season" in note for note in made.notes)
    assert np.isfinite(made.issue(week).to_numpy()).all()


@pytest.mark.parametrize("rows", [0, 1, 50])
def test_too_little_history_is_one_clear_sentence(rows):
    with pytest.raises(NotEnoughDataError, match="needs"):
        Forecaster("pm2_5", KARACHI).fit(air(10).iloc[:rows])


def test_all_readings_missing_is_one_clear_sentence():
    empty = air(30)
    empty["pm2_5"] = np.nan
    with pytest.raises(NotEnoughDataError, match=r"needs 5 days of readings; there are 0\.0"):
        Forecaster("pm2_5", KARACHI).fit(empty)


def test_a_pollutant_that_is_not_there_is_named():
    with pytest.raises(NotEnoughDataError, match="so2"):
        Forecaster("so2", KARACHI).fit(air(30))


def test_issuing_before_fitting_is_refused(frame):
    with pytest.raises(NotEnoughDataError, match="not been fitted"):
        Forecaster("pm2_5", KARACHI).issue(frame)


def test_unsorted_times_are_refused(frame):
    with pytest.raises(ValueError, match="order"):
        Forecaster("pm2_5", KARACHI).fit(frame.iloc[::-1])


def test_a_constant_series_is_forecast_as_constant():
    still = air(40, columns=("pm2_5",))
    still["pm2_5"] = 12.0
    table = Forecaster("pm2_5", KARACHI).fit(still).issue(still)
    assert np.allclose(table.to_numpy(), 12.0, atol=0.01)


def test_one_absurd_value_does_not_spoil_the_forecast(frame):
    spoiled = frame.copy()
    spoiled.iloc[1000, 0] = 1e300
    spoiled.iloc[1001, 0] = 1e9
    table = Forecaster("pm2_5", KARACHI).fit(spoiled).issue(spoiled)
    assert table.q975.max() < 20 * frame.pm2_5.max()


def test_temperatures_below_zero_are_forecast_too():
    cold = air(60, columns=("temperature",))
    cold["temperature"] = np.log(cold["temperature"]) * 10 - 45
    table = Forecaster("temperature", KARACHI).fit(cold).issue(cold)
    assert table.expected.min() < 0
    assert table.expected.between(cold.temperature.min() - 5, cold.temperature.max() + 5).all()


def test_a_load_that_rests_most_of_the_time_is_forecast_where_it_works():
    """Every value by day was taken for a fault, because more than half of all are exactly zero."""
    at = pd.date_range("2023-01-02", periods=100 * 24, freq="h", tz="UTC", name="at")
    works = (at.hour >= 6) & (at.hour < 16)
    load = np.where(works, 80 + np.random.default_rng(1).normal(0, 5, len(at)), 0.0)
    table = Forecaster("load", "UTC").fit(frame := pd.DataFrame({"load": load}, index=at)).issue(frame)
    by_day = (table.index.hour >= 6) & (table.index.hour < 16)
    assert table.expected[by_day].between(60, 100).all()
    assert (table.expected[~by_day] < 5).all()


def test_a_first_frost_is_forecast_from_its_newest_reading():
    at = pd.date_range("2023-01-02", periods=60 * 24, freq="h", tz="UTC", name="at")
    mild = pd.DataFrame({"t": 10 + 4 * np.sin(2 * np.pi * at.hour / 24)}, index=at)
    fitted = Forecaster("t", "UTC").fit(mild.iloc[: 50 * 24])
    frost = mild.copy()
    frost.iloc[50 * 24 :] -= 20
    table = fitted.issue(frost)
    assert table.attrs["origin"] == at[-1]
    assert table.expected.iloc[0] < 2
