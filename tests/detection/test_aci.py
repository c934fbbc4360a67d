"""Adaptive conformal quantiles."""

import numpy as np
import pandas as pd
import pytest

from detection.calibration.aci import GAMMA, GAMMA_AHEAD, AdaptiveQuantile, issued_quantiles


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
