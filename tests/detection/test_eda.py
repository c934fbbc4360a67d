"""A first look at a series."""

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from detection.analysis import eda
from tests.detection.frames import air

HOURS = np.arange(24 * 70)
OF_DAY, OF_WEEK = HOURS % 24, HOURS // 24 % 7
ROUND = 100 + 40 * np.sin(2 * np.pi * OF_DAY / 24)


def with_holes(values):
    spoilt = values.copy()
    spoilt[100:130] = np.nan
    spoilt[500] = np.nan
    return spoilt


def test_a_distribution_counts_every_value_once_and_knows_its_tail():
    values = np.append(np.full(99, 10.0), 500.0)
    found = eda.distribution(values)
    assert found.counts.sum() == found.count == 100
    assert found.quantiles[0.5] == 10.0
    assert found.skew > 5


@pytest.mark.parametrize(("shift", "begins"), [(295.0, 295.0), (0.5, 0.0), (-20.0, -20.0)])
def test_a_histogram_begins_where_its_values_can_be_told_apart(shift, begins):
    found = eda.distribution(shift + np.linspace(0, 6, 600))
    assert found.edges[0] == pytest.approx(begins)
    assert np.count_nonzero(found.counts) > 15


@pytest.mark.parametrize("step", [1.0, 0.001, 0.1])
def test_a_bar_holds_what_is_up_to_its_number(step):
    found = eda.distribution(step * np.repeat(np.arange(1.0, 21.0), 100))
    assert found.counts.tolist() == [100] * 20
    assert found.edges[1:] == pytest.approx(step * np.arange(1.0, 21.0))


def test_the_skew_is_the_third_moment_in_deviations():
    assert eda.distribution(np.array([0.0, 0.0, 0.0, 4.0])).skew == pytest.approx(2 / np.sqrt(3))
    assert eda.distribution(np.array([0.0, 4.0, 4.0, 4.0])).skew == pytest.approx(-2 / np.sqrt(3))


def test_values_that_are_all_alike_have_a_bar_too():
    found = eda.distribution(np.full(50, 10.0))
    assert (found.counts.sum(), found.skew) == (50, 0.0)
    assert (np.diff(found.edges) > 0).all()


def test_a_distribution_of_nothing_is_none():
    assert eda.distribution(np.full(5, np.nan)) is None


def test_gaps_are_counted_and_measured():
    found = eda.missing(with_holes(ROUND))
    assert (found.gaps, found.longest) == (2, 30)
    assert found.share == pytest.approx(31 / len(ROUND))
    assert eda.missing(ROUND) == eda.Missing(0.0, 0, 0)


def test_a_daily_round_agrees_with_itself_a_day_later_and_not_half_a_day_later():
    found = eda.autocorrelation(with_holes(ROUND), 48)
    assert found[0] == 1.0
    assert found[24] == pytest.approx(1.0, abs=0.02)
    assert found[12] == pytest.approx(-1.0, abs=0.02)


def test_noise_agrees_with_itself_at_no_other_time():
    noise = np.random.default_rng(1).normal(size=5000)
    assert np.abs(eda.autocorrelation(noise, 48)[1:]).max() < 0.06


def test_what_lies_further_apart_than_the_series_is_long_is_not_known():
    found = eda.autocorrelation(ROUND[:30], 48)
    assert len(found) == 49
    assert np.isnan(found[30:]).all()


def test_a_likeness_of_a_few_pairs_is_none():
    """One of two hours was -2, and of a single pair a day apart whatever that pair was."""
    assert np.isnan(eda.autocorrelation(ROUND[:25], 24)).all()
    found = eda.autocorrelation(ROUND[:54], 24)
    assert np.isfinite(found).all()
    assert np.isnan(eda.autocorrelation(ROUND[:53], 24)[24])


def test_an_hour_of_the_day_of_which_nothing_is_known_is_not_told_as_the_mean():
    morning = eda.decompose(ROUND[:5], OF_DAY[:5], OF_WEEK[:5], week=168)
    assert np.isfinite(morning.daily[:5]).all()
    assert np.isnan(morning.daily[5:]).all()


@pytest.mark.parametrize(("days", "is_told"), [(13, False), (14, True)])
def test_what_makes_it_rise_and_fall_is_told_of_weeks(days, is_told):
    """Of the first five hours half was said to be “from week to week”."""
    hours = slice(24 * days)
    assert bool(eda.decompose(ROUND[hours], OF_DAY[hours], OF_WEEK[hours], week=168).shares) == is_told


def test_the_parts_add_up_to_the_series():
    values = with_holes(ROUND + 10 * OF_WEEK + HOURS / 50)
    parts = eda.decompose(values, OF_DAY, OF_WEEK, week=168)
    together = parts.trend + parts.daily[OF_DAY] + parts.weekly[OF_WEEK] + parts.rest
    known = np.isfinite(values)
    assert together[known] == pytest.approx(values[known])
    assert sum(parts.shares.values()) == pytest.approx(1.0)
    assert parts.daily.argmax() == 6
    assert parts.weekly.argmax() == 6
    assert parts.shares["daily"] > parts.shares["weekly"] > parts.shares["rest"]


def test_the_weather_of_a_week_is_not_told_as_its_weekdays():
    """Half of what a file of one week did was said to be “from weekday to weekday”."""
    values = ROUND + np.repeat(np.random.default_rng(1).normal(0, 30, 70), 24)
    short = eda.decompose(values[: 24 * 20], OF_DAY[: 24 * 20], OF_WEEK[: 24 * 20], week=168)
    assert np.isnan(short.weekly).all()
    assert set(short.shares) == {"trend", "daily", "rest"}
    assert sum(short.shares.values()) == pytest.approx(1.0)
    assert np.isfinite(short.rest).all()


def test_the_trend_is_the_mean_of_what_is_known_around_and_unknown_where_that_is_less_than_half():
    found = eda.running_mean(np.array([1.0, 3.0, np.nan, np.nan, np.nan, 8.0]), 3)
    np.testing.assert_array_equal(found, [2.0, 2.0, np.nan, np.nan, np.nan, np.nan])


def test_ranks_see_what_rises_together_however_bent_it_is():
    rising = np.linspace(0, 5, 100)
    found = eda.rank_correlations({"a": rising, "b": np.exp(rising), "c": -rising, "d": np.ones(100)})
    assert found["a", "b"] == found["b", "a"] == pytest.approx(1.0)
    assert found["a", "c"] == pytest.approx(-1.0)
    assert found["a", "d"] is None


def test_too_few_pairs_say_nothing():
    assert eda.rank_correlation(np.arange(29.0), np.arange(29.0)) is None
    assert eda.rank_correlation(np.arange(30.0), np.arange(30.0)) == pytest.approx(1.0)


@pytest.mark.parametrize("constant", [0, 1])
def test_what_never_varies_goes_with_nothing(constant):
    columns = [np.arange(100.0), np.ones(100)]
    assert eda.rank_correlation(columns[constant], columns[1 - constant]) is None


def test_a_file_is_described_without_any_database(tmp_path):
    """This module may not use one."""
    path, out = tmp_path / "air.csv", tmp_path / "eda.html"
    air(20, columns=("pm2_5", "no2")).to_csv(path)
    call_command("eda", csv=path, time="at", value="pm2_5", out=out)
    assert "pm2_5 against no2" in out.read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    path = tmp_path / "air.csv"
    air(20, columns=("pm2_5",)).to_csv(path)
    with pytest.raises(CommandError, match=r"nowhere/eda\.html cannot be written: No such file or directory\.$"):
        call_command("eda", csv=path, time="at", value="pm2_5", out=tmp_path / "nowhere" / "eda.html")
