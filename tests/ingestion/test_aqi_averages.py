"""Averages look back from their row: NowCast, 8 hours, 24 hours, and series that are not hourly."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ingestion.aqi import aqi, aqi_of, averages, averages_at, nowcast, standards

DATA = Path(__file__).parents[1] / "data" / "aqi"
START = datetime(2025, 11, 1, tzinfo=UTC)
NAN = np.nan


def frame(values: Any, every: str = "1h", name: str = "pm2_5") -> pd.DataFrame:
    index = pd.date_range(START, periods=len(values), freq=every, name="at")
    return pd.DataFrame({name: np.asarray(values, dtype=float)}, index=index)


def random_frame(rows: int, every: str = "1h", seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    columns = {name: rng.gamma(2, 50, rows) for name in ("pm2_5", "pm10", "o3", "no2", "so2", "co", "nh3")}
    table = pd.DataFrame(columns, index=pd.date_range(START, periods=rows, freq=every, name="at"))
    return table.mask(rng.random(table.shape) < 0.2)


def worked_examples() -> list[dict[str, Any]]:
    return list(json.loads((DATA / "nowcast.json").read_text(encoding="utf-8"))["vectors"])


@pytest.mark.parametrize("example", worked_examples(), ids=lambda example: example["name"])
def test_nowcast_gives_the_worked_examples(example: dict[str, Any]) -> None:
    hours = np.array([NAN if hour is None else hour for hour in example["hours_most_recent_first"]], dtype=float)
    found = nowcast(hours)
    wanted = NAN if example["nowcast_unrounded"] is None else example["nowcast_unrounded"]
    assert found == pytest.approx(wanted, abs=1e-12, nan_ok=True)
    assert aqi("us_epa", {"pm2_5:nowcast": found}, START).single().index == example["aqi_may2024"]
    before = aqi("us_epa", {"pm2_5:nowcast": found}, datetime(2023, 1, 1, tzinfo=UTC)).single().index
    assert before == example["aqi_before_may2024"]


@pytest.mark.parametrize("example", worked_examples(), ids=lambda example: example["name"])
def test_the_last_row_of_a_series_has_the_nowcast_of_its_twelve_hours(example: dict[str, Any]) -> None:
    hours = [NAN if hour is None else hour for hour in example["hours_most_recent_first"]]
    series = frame([9999.0, *reversed(hours)])  # the thirteenth hour no longer counts
    found = averages("us_epa", series)["pm2_5:nowcast"][-1]
    assert found == pytest.approx(float(nowcast(np.array(hours, dtype=float))), nan_ok=True)


def test_nowcast_needs_two_of_the_three_newest_hours() -> None:
    full = np.full(12, 30.0)
    for missing, there in [((0,), True), ((1,), True), ((2,), True), ((0, 1), False), ((1, 2), False), ((0, 2), False)]:
        hours = full.copy()
        hours[list(missing)] = NAN
        assert np.isfinite(nowcast(hours)) == there, missing


def test_nowcast_of_clean_air_is_zero_and_of_nothing_is_nothing() -> None:
    assert nowcast(np.zeros(12)) == 0.0
    assert np.isnan(nowcast(np.full(12, NAN)))
    assert np.isnan(nowcast(np.full(12, -5.0)))


@pytest.mark.parametrize("code", list(standards()))
def test_no_average_uses_a_later_reading(code: str) -> None:
    table = random_frame(80)
    whole = averages(code, table)
    for row in (0, 1, 2, 7, 23, 24, 50, 79):
        short = averages(code, table.iloc[: row + 1])
        for key, values in whole.items():
            np.testing.assert_array_equal(short[key][row], values[row])


@pytest.mark.parametrize("code", list(standards()))
def test_the_last_rows_alone_are_the_same_as_the_end_of_the_whole(code: str) -> None:
    table = random_frame(200)
    whole, end = averages(code, table), averages(code, table.iloc[-24 - 5 :], last=5)
    for key, values in whole.items():
        np.testing.assert_array_equal(end[key], values[-5:])
    assert aqi_of(code, table, last=1).single() == aqi_of(code, table).single()


def test_a_mean_of_24_hours_needs_18_of_them_and_in_india_16() -> None:
    for hours in range(14, 25):
        values = np.full(24, NAN)
        values[:hours] = 60.0
        assert np.isfinite(averages("china", frame(values))["pm2_5:24h"][-1]) == (hours >= 18)
        assert np.isfinite(averages("india_cpcb", frame(values))["pm2_5:24h"][-1]) == (hours >= 16)


def test_a_mean_of_8_hours_needs_6_of_them() -> None:
    for hours in range(3, 9):
        values = np.full(8, NAN)
        values[8 - hours :] = 60.0
        assert np.isfinite(averages("us_epa", frame(values, name="o3"))["o3:8h"][-1]) == (hours >= 6)


def test_a_mean_is_of_the_hours_that_are_there() -> None:
    values = np.arange(30.0)
    values[25] = NAN
    found = averages("china", frame(values))["pm2_5:24h"][-1]
    assert found == pytest.approx(np.nanmean(values[6:]))


def test_a_negative_value_counts_as_missing() -> None:
    values = np.full(24, 40.0)
    values[[3, 9, 15]] = -999.0
    assert averages("china", frame(values))["pm2_5:24h"][-1] == 40.0
    assert np.isnan(averages("eu", frame([-1.0]))["pm2_5:1h"]).all()


def test_an_hour_that_is_missing_is_not_filled_from_the_hour_before() -> None:
    table = frame(np.full(30, 50.0)).drop(index=pd.Timestamp(START + timedelta(hours=29)))
    assert len(averages("eu", table)["pm2_5:1h"]) == 29
    moment = np.array([START.replace(tzinfo=None) + timedelta(hours=29)], dtype="datetime64[us]")
    times = table.index.tz_localize(None).to_numpy()
    found = averages_at("eu", times, {"pm2_5": table["pm2_5"].to_numpy()}, at=moment)
    assert np.isnan(found["pm2_5:1h"][0])
    assert found["pm2_5:24h"][0] == 50.0


@pytest.mark.parametrize(("every", "rows"), [("15min", 4), ("1min", 60), ("5min", 12)])
def test_a_finer_series_is_first_averaged_to_hours(every: str, rows: int) -> None:
    interval = timedelta(hours=1) / rows
    hourly = random_frame(60)[["pm2_5", "o3"]]
    fine = hourly.loc[hourly.index.repeat(rows)]
    # Each reading carries the mean of the hour that ends with the stamp of the hourly series.
    fine.index = pd.date_range(hourly.index[0] - interval * (rows - 1), periods=len(fine), freq=every, name="at")
    found, wanted = averages("us_epa", fine, interval=interval), averages("us_epa", hourly)
    for key, values in wanted.items():
        np.testing.assert_allclose(found[key][rows - 1 :: rows], values, rtol=1e-12)


def test_an_hour_of_minutes_needs_45_of_them() -> None:
    for minutes in (44, 45):
        values = np.full(60, NAN)
        values[:minutes] = 20.0
        found = averages("eu", frame(values, "1min"), interval=timedelta(minutes=1))["pm2_5:1h"][-1]
        assert np.isfinite(found) == (minutes == 45)


def test_a_three_hour_series_has_a_day_but_no_hour_and_no_nowcast() -> None:
    table = frame(np.full(20, 40.0), "3h")
    three_hours = timedelta(hours=3)
    assert averages("china", table, interval=three_hours)["pm2_5:24h"][-1] == 40.0
    assert np.isnan(averages("eu", table, interval=three_hours)["pm2_5:1h"]).all()
    assert np.isnan(averages("us_epa", table, interval=three_hours)["pm2_5:nowcast"]).all()
    assert np.isnan(averages("china", table)["pm2_5:24h"]).all()  # taken for hourly, two of three hours are missing


def test_an_irregular_series_counts_each_reading_in_the_hour_it_lies_in() -> None:
    minutes = [0, 50, 95, 170, 185]
    index = pd.DatetimeIndex([START + timedelta(minutes=m) for m in minutes], name="at")
    table = pd.DataFrame({"pm2_5": [10.0, 20.0, 30.0, 40.0, 60.0]}, index=index)
    found = averages("us_epa", table)["pm2_5:nowcast"][-1]
    assert found == pytest.approx(float(nowcast(np.array([50.0, 30.0, 20.0, 10.0]))))


def test_so2_of_the_uk_is_the_worst_quarter_of_an_hour_and_unknown_for_hourly_data() -> None:
    quarters = frame([10.0, 400.0, 20.0, 30.0], "15min", name="so2")
    found = averages("uk_daqi", quarters, interval=timedelta(minutes=15))["so2:15min"]
    assert found[-1] == 400.0
    assert np.isnan(found[0])
    assert np.isnan(averages("uk_daqi", frame([10.0], name="so2"))["so2:15min"]).all()


def test_a_quarter_of_an_hour_is_of_fifteen_minutes() -> None:
    values = np.zeros(60)
    values[45:] = 300.0
    found = averages("uk_daqi", frame(values, "1min", name="so2"), interval=timedelta(minutes=1))["so2:15min"]
    assert found[-1] == 300.0


@pytest.mark.parametrize("share", [1e-3, 1e-2, 1.0])
def test_clean_air_is_weighed_as_any_other(share: float) -> None:
    hours = np.array([50.0, 20.0, 40.0, 100.0])
    assert nowcast(share * hours) == pytest.approx(share * nowcast(hours))
    assert nowcast(share * np.array([60.0, 80.0])) == pytest.approx(share * (60 + 0.75 * 80) / 1.75)


def test_the_last_rows_alone_have_the_index_that_they_have_among_all() -> None:
    table = random_frame(60)
    whole, last = aqi_of("us_epa", table), aqi_of("us_epa", table, last=3)
    np.testing.assert_array_equal(last.index, whole.index[-3:])


def test_a_value_on_a_breakpoint_stays_on_it_at_the_end_of_a_long_series() -> None:
    values = np.random.default_rng(3).gamma(2, 300, 200_000).round(2)
    values[-1] = 75.0  # OpenWeather: 75.0 is already 5
    assert averages("openweather", frame(values))["pm2_5:1h"][-1] == 75.0


def test_what_the_standard_does_not_know_is_left_out() -> None:
    table = frame([1.0, 2.0], name="temperature")
    assert averages("us_epa", table) == {}
    assert np.isnan(aqi_of("us_epa", table).index).all()


def test_an_empty_frame_gives_empty_arrays() -> None:
    assert averages("us_epa", frame([]))["pm2_5:nowcast"].shape == (0,)
    assert aqi_of("us_epa", frame([])).index.shape == (0,)


def test_the_frame_is_not_changed() -> None:
    table = random_frame(50)
    before = table.copy()
    aqi_of("us_epa", table)
    pd.testing.assert_frame_equal(table, before)
