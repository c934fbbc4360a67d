"""Drift checks: what they find, what they leave alone, what they say."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from detection.drift import check
from detection.drift.distances import ks, psi, wasserstein
from detection.drift.residuals import size_by_correlation_time
from detection.timeseries.grid import NotEnoughDataError
from tests.detection.frames import air

KARACHI = "Asia/Karachi"
REFERENCE_HOURS = 2160


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return air(120)


def checked(frame: pd.DataFrame, variable: str = "pm2_5"):
    return check(frame.iloc[:REFERENCE_HOURS], frame.iloc[REFERENCE_HOURS:], variable, KARACHI)


def changed(frame: pd.DataFrame, hours_before_the_end: int, factor: float) -> pd.DataFrame:
    other = frame.copy()
    other.iloc[-hours_before_the_end:, 0] *= factor
    return other


def test_a_stable_series_is_not_called_drift(frame):
    result = checked(frame)
    assert result.verdict != "drift"
    assert not result.test("step").fired
    assert result.since is None


@pytest.mark.parametrize("factor", [0.5, 1.6])
def test_a_step_of_the_level_is_found_dated_and_sized(frame, factor):
    result = checked(changed(frame, 200, factor))
    assert result.verdict == "drift"
    assert abs(result.since - frame.index[-200]) <= timedelta(hours=3)
    assert result.factor == pytest.approx(factor, rel=0.25)


def test_a_step_is_found_without_companions(frame):
    result = checked(changed(frame, 200, 0.3)[["pm2_5"]])
    assert (result.verdict, result.reason) == ("drift", "step")


def test_the_companions_of_a_series_that_jumped_are_not_blamed(frame):
    assert checked(changed(frame, 200, 0.5), "no2").verdict != "drift"


def test_ordinary_values_at_other_hours_are_told_as_that(frame):
    hour = np.arange(len(frame))
    course = 50 * np.exp(0.6 * np.sin(2 * np.pi * hour / 24) + np.random.default_rng(1).normal(0, 0.05, len(hour)))
    shifted = pd.DataFrame({"pm2_5": np.where(hour < hour[-72], course, np.roll(course, 9))}, frame.index)
    result = checked(shifted)
    assert (result.verdict, result.reason) == ("drift", "extremes")
    assert result.sentences("PM2.5", "")[0] == (
        "PM2.5 brings values far outside everything seen before at their hour of the day."
    )


def test_doubled_noise_is_found(frame):
    noisy = frame.copy()
    random = np.random.default_rng(5)
    noisy.iloc[-700:, 0] *= np.exp(random.normal(0, 0.3, 700))
    assert checked(noisy[["pm2_5"]]).test("noise").fired


def test_a_change_of_units_is_named(frame):
    result = checked(changed(frame, 100, 1e-3))
    assert (result.verdict, result.reason) == ("drift", "units")
    assert result.factor == pytest.approx(1e-3)
    said, _ = replace(result, factor=1003.0).sentences("CO", "CO")
    assert said == "The values of CO look as if their unit had changed: about 1003 times the usual."


def test_a_median_that_falls_a_thousandfold_alone_is_no_change_of_units(frame):
    """As ozone's in winter nights: what is high stays high."""
    nightly = frame.copy()
    fallen = nightly.index[-100:][np.arange(100) % 24 < 18]
    nightly.loc[fallen, "pm2_5"] *= 1e-3
    assert not checked(nightly).test("units").fired


def test_a_small_step_is_not_worth_a_training(frame):
    small = checked(changed(frame, 200, 0.85))
    assert not small.test("step").fired
    assert not small.test("step_against_companions").fired


def test_a_series_that_falls_when_the_others_rise_is_not_asked_about_steps(frame):
    mirrored = frame.copy()
    mirrored["pm2_5"] = 2000 / (10 + mirrored["no2"])
    with pytest.raises(StopIteration):
        checked(mirrored[["pm2_5", "no2"]]).test("step_against_companions")


def test_missing_readings_are_watched(frame):
    holed = frame.copy()
    holed.iloc[-500:-200, 0] = np.nan
    result = checked(holed)
    assert result.test("missing").fired
    assert result.verdict == "watch"


def test_a_moment_is_judged_once(frame):
    old = changed(frame, 600, 0.15)[["pm2_5"]]
    weekly = checked(old)
    monthly = check(old.iloc[:REFERENCE_HOURS], old.iloc[REFERENCE_HOURS:], "pm2_5", KARACHI, every=timedelta(days=30))
    assert not weekly.test("step").fired
    assert monthly.test("step").fired


def test_every_verdict_has_a_sentence_in_both_languages_and_a_table(frame):
    for made in (frame, changed(frame, 200, 0.5), changed(frame, 100, 1e-3)):
        result = checked(made)
        english, urdu = result.sentences("PM2.5", "پی ایم 2.5")
        assert "PM2.5" in english
        assert "پی ایم" in urdu
        assert "{" not in english + urdu
        for sentence in result.sentences("Temperature", "درجہ حرارت", counted=result.reason == "units"):
            assert result.reason == "units" or not {"times", "گنا"} & set(sentence.split())
        assert {"name", "statistic", "threshold", "fired", "p_value"} <= set(result.table()[0])


def test_the_frames_are_not_changed(frame):
    before = frame.copy()
    checked(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("days", [0, 10])
def test_too_little_reference_is_one_clear_sentence(frame, days):
    with pytest.raises(NotEnoughDataError, match=r"needs|history"):
        check(frame.iloc[: days * 24], frame.iloc[REFERENCE_HOURS:], "pm2_5", KARACHI)


def test_overlapping_windows_are_refused(frame):
    with pytest.raises(ValueError, match="must end before"):
        check(frame.iloc[:2500], frame.iloc[REFERENCE_HOURS:], "pm2_5", KARACHI)


def test_a_constant_series_is_stable():
    still = air(120, columns=("pm2_5",))
    still["pm2_5"] = 8.0
    assert checked(still).verdict == "stable"


def test_five_minute_readings_are_checked_on_hourly_means():
    minutes = air(40, interval=timedelta(minutes=5), columns=("pm2_5",))
    result = check(minutes.iloc[: 30 * 288], minutes.iloc[30 * 288 :], "pm2_5", KARACHI)
    assert result.verdict in {"stable", "watch"}


def test_a_temperature_below_zero_that_jumps_is_told_without_a_multiple(frame):
    """Three degrees are not so many times minus five; the scale's exponential told of 21 times."""
    hour = np.arange(len(frame))
    cold = 15 * np.sin(2 * np.pi * hour / 24) - 5 + np.random.default_rng(1).normal(0, 1, len(hour))
    made = pd.DataFrame({"t": cold + np.where(hour >= hour[-200], 30.0, 0.0)}, frame.index)
    result = check(made.iloc[:REFERENCE_HOURS], made.iloc[REFERENCE_HOURS:], "t", KARACHI)
    assert (result.verdict, result.reason, result.factor) == ("drift", "step", None)
    assert result.sentences("T", "T")[0].startswith("The level of T jumped around ")


def test_a_first_frost_is_no_stable_temperature(frame):
    """What had never been negative had no logarithm when it was, and ten days at -15 °C were left out of the tests."""
    hour = np.arange(len(frame))
    mild = 15 + 4 * np.sin(2 * np.pi * hour / 24) + np.random.default_rng(1).normal(0, 0.5, len(hour))
    made = pd.DataFrame({"t": mild - np.where(hour >= hour[-240], 30.0, 0.0)}, frame.index)
    result = check(made.iloc[:REFERENCE_HOURS], made.iloc[REFERENCE_HOURS:], "t", KARACHI, every=timedelta(days=10))
    assert (result.verdict, result.reason, result.factor) == ("drift", "step", None)


def test_a_machine_that_rested_and_now_runs_is_told_without_a_multiple():
    """What was zero has no multiple; the logarithm's offset told of the 51-fold."""
    at = pd.date_range("2024-01-01", periods=2880, freq="h", tz="UTC")
    worked = np.random.default_rng(7).normal(2000, 20, len(at))
    load = pd.DataFrame({"load": np.where(at.hour.isin((7, 8)), worked, 0.0)}, index=at)
    load.loc[at[-200] :, "load"] = load["load"].clip(lower=50)
    result = checked(load, "load")
    assert (result.verdict, result.reason, result.factor) == ("drift", "step", None)
    assert result.sentences("Load", "لوڈ")[0] == f"The level of Load jumped around {result.since:%Y-%m-%d %H:%M} UTC."


def test_autocorrelated_values_are_worth_fewer():
    random = np.random.default_rng(2)
    white = random.normal(size=4000)
    smooth = pd.Series(white).ewm(alpha=0.05).mean().to_numpy()
    assert size_by_correlation_time(white) > 2500
    assert size_by_correlation_time(smooth) < 400


def test_distances_are_small_within_and_large_between():
    random = np.random.default_rng(4)
    one, same, other = random.normal(size=1000), random.normal(size=1000), random.normal(2, 1, 1000)
    assert ks(one, same)[1] > 0.01 > ks(one, other)[1]
    assert psi(one, same) < 0.1 < 0.5 < psi(one, other)
    assert wasserstein(one, other) == pytest.approx(2, abs=0.2)
