"""Adaptive conformal quantiles."""

import numpy as np
import pandas as pd
import pytest

from detection.calibration.aci import FEWEST, GAMMA, GAMMA_AHEAD, AdaptiveQuantile, issued_quantiles


def knowing(count: int, level: float, window: int = 1000) -> AdaptiveQuantile:
    """One that has seen 0, 1, 2 … and stands at a level."""
    tracker = AdaptiveQuantile(0.5, window, gamma=0.0)
    tracker.level = level
    for residual in range(count):
        tracker.update(float(residual))
    return tracker


@pytest.mark.parametrize(
    ("level", "value"), [(0.5, 49.0), (0.255, 24.5), (0.015, 0.5), (0.01, 0.0), (0.985, 97.5), (0.99, 98.0)]
)
def test_a_quantile_lies_between_its_neighbours_in_rank(level, value):
    assert knowing(99, level).value() == pytest.approx(value)


@pytest.mark.parametrize(("level", "value"), [(0.005, 0.0), (-0.5, -73.5), (0.995, 98.0), (1.5, 171.5)])
def test_beyond_all_it_has_seen_it_grows_with_the_level_and_the_half_width(level, value):
    assert knowing(99, level).value() == pytest.approx(value)


def test_it_knows_no_more_than_its_window():
    assert knowing(50, 0.5, window=50).value() == 24.5
    assert knowing(51, 0.5, window=50).value() == 25.5


def test_a_residual_just_at_the_quantile_was_covered():
    tracker = AdaptiveQuantile(0.9, window=100)
    for _ in range(FEWEST + 1):
        tracker.update(1.0)
    assert tracker.level == pytest.approx(0.9 - 0.1 * GAMMA)


def test_a_burst_of_misses_is_forgotten_in_finite_time():
    worse, better = AdaptiveQuantile(0.9, window=100), AdaptiveQuantile(0.1, window=100)
    for _ in range(FEWEST):
        worse.update(0.0)
        better.update(0.0)
    for _ in range(1000):
        worse.update(1.0, issued=0.0)
        better.update(-1.0, issued=0.0)
    assert (worse.level, better.level) == (1.5, -0.5)


@pytest.mark.parametrize("delay", [1, 24])
def test_the_first_quantile_is_issued_when_enough_residuals_are_known(delay):
    issued = issued_quantiles(np.arange(200.0), 0.9, 300, delay=delay)
    assert np.flatnonzero(np.isfinite(issued))[0] == FEWEST - 1 + delay


@pytest.mark.parametrize("level", [0.025, 0.5, 0.975])
def test_the_promised_share_falls_below_although_the_noise_triples(level):
    rng = np.random.default_rng(0)
    residuals = rng.normal(0, np.repeat([1.0, 3.0, 0.5], 2000))
    issued = issued_quantiles(residuals, level, window=672)
    assert np.mean(residuals[100:] <= issued[100:]) == pytest.approx(level, abs=0.01)


def test_it_promises_nothing_before_it_has_seen_enough():
    tracker = AdaptiveQuantile(0.9, window=100)
    for _ in range(47):
        tracker.update(1.0)
    assert np.isnan(tracker.value())
    tracker.update(1.0)
    assert tracker.value() == 1.0


def test_a_reading_a_day_gives_a_band_although_a_month_holds_too_few_of_them():
    daily = np.random.default_rng(0).normal(size=400)
    issued = issued_quantiles(daily, 0.9, window=28)
    assert np.isfinite(issued[48:]).all()
    assert np.mean(daily[48:] <= issued[48:]) == pytest.approx(0.9, abs=0.03)


def test_a_missing_residual_changes_nothing():
    tracker = AdaptiveQuantile(0.9, window=100)
    for i in range(60):
        tracker.update(float(i))
    before = tracker.value()
    tracker.update(float("nan"))
    assert tracker.value() == before


def test_a_forecast_a_day_ahead_knows_nothing_of_the_last_day():
    residuals = np.random.default_rng(0).normal(size=500)
    changed = residuals.copy()
    changed[-24:] = 99
    before, after = (
        issued_quantiles(residuals, 0.9, 300, delay=24),
        issued_quantiles(changed, 0.9, 300, delay=24),
    )
    np.testing.assert_array_equal(before, after)


def test_the_band_goes_on_growing_beyond_the_worst_it_has_seen():
    tracker = AdaptiveQuantile(0.975, window=200)
    for _ in range(100):
        tracker.update(0.5)
        tracker.update(-0.5)
    for worse in np.linspace(1, 40, 60):
        tracker.update(worse)
    assert tracker.value() > 40


def test_a_slow_step_keeps_a_band_of_days_ahead_as_true_and_far_narrower():
    noise = np.random.default_rng(0).normal(size=9000)
    weather = pd.Series(noise).ewm(alpha=0.03).mean().to_numpy()
    late = {gamma: issued_quantiles(weather, 0.975, 1800, delay=72, gamma=gamma) for gamma in (GAMMA, GAMMA_AHEAD)}
    for issued in late.values():
        assert np.mean(weather[2000:] <= issued[2000:]) == pytest.approx(0.975, abs=0.01)
    assert late[GAMMA_AHEAD][2000:].mean() < 0.8 * late[GAMMA][2000:].mean()
