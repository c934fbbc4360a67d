"""The forecast's parts: baselines, weights, bands, categories, backtest."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from detection.forecasting import backtest, category_probabilities, persistence, seasonal_naive
from detection.forecasting.bands import QUANTILES, Errors, spread_quantiles
from detection.forecasting.combine import combined, groups, learn_weights
from detection.forecasting.grid import to_grid
from detection.forecasting.hour_map import HourMap
from detection.forecasting.panel import build
from detection.forecasting.scale import Scale
from tests.detection.frames import HOUR, air

LADDER = np.array([10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0])


def test_persistence_repeats_the_last_value():
    assert persistence(np.array([1.0, 2.0]), 3).tolist() == [[1, 1, 1], [2, 2, 2]]


def test_seasonal_naive_repeats_the_newest_day():
    values = np.arange(48.0)
    forecast = seasonal_naive(values, 72, 24)
    assert forecast[47, :24].tolist() == list(range(24, 48))
    assert forecast[47, 24:48].tolist() == forecast[47, :24].tolist()
    assert forecast[30, 0] == 7
    assert np.isnan(forecast[5, 0])


def test_weights_go_to_the_member_that_is_right():
    random = np.random.default_rng(0)
    truth = random.normal(size=(400, 72))
    forecasts = np.stack([truth + random.normal(0, 1, truth.shape), truth + random.normal(0, 0.1, truth.shape)])
    weights = learn_weights(forecasts, truth, groups(72, 1))
    assert np.allclose(weights.sum(axis=1), 1)
    assert (weights[:, 1] > 0.9).all()


def test_a_member_without_an_answer_passes_its_weight_on():
    forecasts = np.array([[[np.nan, 2.0]], [[4.0, 4.0]]])
    weights = np.full((7, 2), 0.5)
    assert combined(forecasts, weights, groups(2, 1)).tolist() == [[4.0, 3.0]]


def test_bands_cover_what_they_promise_on_exchangeable_errors():
    random = np.random.default_rng(1)
    past = Errors(np.arange(1000.0), np.arange(1000) % 24, random.normal(0, 1, (1000, 72)))
    spread = spread_quantiles(past, 1000.0, 4, groups(72, 1), 24)
    fresh = random.normal(0, 1, (4000, 72))
    inner = ((fresh > spread[:, 1]) & (fresh < spread[:, 5])).mean()
    outer = ((fresh > spread[:, 0]) & (fresh < spread[:, 6])).mean()
    assert inner == pytest.approx(0.8, abs=0.02)
    assert 0.95 <= outer <= 0.98


def test_probabilities_of_categories_add_up_to_one():
    found = category_probabilities(np.stack([LADDER, LADDER * 3]), [9, 35.4, 55.4, 125.4])
    assert found.shape == (2, 5)
    assert np.allclose(found.sum(axis=1), 1)


def test_a_bound_at_a_quantile_takes_its_probability():
    below, above = category_probabilities(LADDER, [40.0])[0]
    assert below == pytest.approx(QUANTILES[3])
    assert above == pytest.approx(1 - QUANTILES[3])


def test_a_certain_forecast_lies_in_one_category():
    assert category_probabilities(np.full(7, 20.0), [10, 20, 30])[0].tolist() == [0, 1, 0, 0]


def test_missing_quantiles_have_no_probabilities():
    assert np.isnan(category_probabilities(np.full(7, np.nan), [10.0])).all()


def test_bounds_that_do_not_ascend_are_refused():
    with pytest.raises(ValueError, match="ascend"):
        category_probabilities(LADDER, [20.0, 10.0])


def test_a_step_with_less_than_half_its_readings_is_missing():
    minutes = air(1, interval=HOUR / 12)
    minutes.iloc[12:19] = np.nan
    grid = to_grid(minutes, 1, HOUR / 12)
    assert grid.pm2_5.isna().tolist() == [False, True] + [False] * 22


def test_everything_in_a_panel_is_causal():
    frame = air(40)
    scales = {name: Scale.of(frame[name].to_numpy()) for name in frame}
    changed = frame.copy()
    changed.iloc[600:] *= 5
    one, two = (build(f, "pm2_5", scales, 1, "Asia/Karachi") for f in (frame, changed))
    for name in ("seen", "z", "level", "spread", "week", "month", "same_week", "same_month"):
        np.testing.assert_array_equal(getattr(one, name)[:600], getattr(two, name)[:600])


def test_each_hour_of_issue_learns_its_own_way():
    """Before noon what is high stays high, after noon it turns: no single map for all hours can say both."""
    frame = air(120)[["pm2_5"]]
    panel = build(frame, "pm2_5", {"pm2_5": Scale.of(frame.pm2_5.to_numpy())}, 1, "Asia/Karachi")
    rows = np.arange(40 * 24, 119 * 24)
    lasting = np.where(panel.hour[rows] < 12, 1.0, -1.0) * (panel.z[rows] - panel.level[rows])
    left_over = np.repeat(lasting[:, None], 72, axis=1)
    taught, new = rows[: 70 * 24], slice(70 * 24, None)
    learnt = HourMap().fit(panel, taught, left_over[: 70 * 24], np.ones(len(taught)))
    wrong = np.abs(learnt.predict(panel, rows[new]) - left_over[new])
    assert wrong[:, 0].mean() < 0.2 * np.abs(lasting).mean()
    assert wrong[:, 0].mean() < wrong[:, 71].mean()  # far ahead it is held back


def test_an_hour_that_was_never_seen_adds_nothing():
    frame = air(60)[["pm2_5"]]
    panel = build(frame, "pm2_5", {"pm2_5": Scale.of(frame.pm2_5.to_numpy())}, 1, "Asia/Karachi")
    rows = np.flatnonzero((panel.hour != 3) & np.isfinite(panel.level))
    learnt = HourMap().fit(panel, rows, np.ones((len(rows), 72)), np.ones(len(rows)))
    assert learnt.predict(panel, np.flatnonzero(panel.hour == 3)[40:]) == pytest.approx(0.0)
    assert learnt.predict(panel, rows[-1:])[0, 0] > 0.5


def test_a_backtest_compares_with_both_baselines():
    frame = air(70)
    origins = pd.date_range(frame.index[60 * 24], periods=6, freq="29h")
    result = backtest(frame, origins, "pm2_5", "Asia/Karachi")
    table = result.errors()
    assert list(table.index) == ["1-1 h", "2-24 h", "25-72 h"]
    assert (table[["ours", "persistence", "seasonal_naive"]] > 0).all(axis=None)
    coverage, worst_week = result.coverage(24)
    assert 0 < worst_week <= coverage <= 1


def test_persistence_knows_nothing_of_an_hour_that_has_only_begun():
    frame = air(70, interval=timedelta(minutes=15), columns=("pm2_5",))
    origins = pd.date_range(frame.index[60 * 96], periods=6, freq="29h")
    found = backtest(frame, origins, "pm2_5", "Asia/Karachi").forecasts.set_index(["origin", "hours_ahead"])
    hourly = frame.pm2_5.resample("1h").mean()
    before = hourly[found.index.get_level_values("origin")]
    np.testing.assert_allclose(found.persistence, before)
    assert (found.xs(1, level="hours_ahead").persistence != found.xs(1, level="hours_ahead").truth).all()


@pytest.mark.shared_data
def test_it_beats_both_baselines_on_a_lahore_month_it_has_not_seen(shared_data):
    raw = pd.read_csv(shared_data / "lahore" / "openweather_lahore_hourly_2021-01_2026-01.csv.gz")
    frame = raw.set_index(pd.DatetimeIndex(pd.to_datetime(raw.ts_utc, utc=True), name="at"))
    frame = frame[["pm2_5", "co", "no2"]].astype(float).loc["2022-05":"2023-06"]
    origins = pd.date_range("2023-06-01", "2023-06-26", freq="13h", tz="UTC")
    result = backtest(frame, origins, "pm2_5", "Asia/Karachi")
    first_day = result.first_hours(24)
    assert first_day.of_seasonal_naive < 0.85
    assert first_day.of_persistence < 0.85
