"""Figures are what they are called: alarms counted against events, rankings, bands, and which months are tested."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from detection.detectors import create
from detection.evaluation.bands import quality, rounded, winkler
from detection.evaluation.baselines import BlindScorer, RandomScorer
from detection.evaluation.matching import match, together
from detection.evaluation.protocol import RATES, Trial, best_found, splits
from detection.evaluation.vus import vus_pr
from detection.timeseries.injection import Event
from tests.detection.frames import air

EVENTS = [Event("shift", 100, 130), Event("spike_up", 200, 202)]


def _alarms(*places):
    alarms = np.zeros(400, dtype=bool)
    alarms[list(places)] = True
    return alarms


def test_an_alarm_inside_an_event_finds_it_and_tells_the_delay():
    found = match(_alarms(105, 201), EVENTS)
    assert found.hits == 2
    assert found.delays.tolist() == [5.0, 1.0]
    assert found.f1 == 1.0


def test_an_alarm_outside_is_false():
    found = match(_alarms(105, 300), EVENTS)
    assert (found.hits, found.false_alarms) == (1, 1)
    assert found.precision == found.recall == 0.5


def test_an_alarm_within_six_hours_after_an_event_is_forgiven():
    assert match(_alarms(135), EVENTS).false_alarms == 0
    assert match(_alarms(136), EVENTS).false_alarms == 1


def test_nothing_found_is_zero_and_no_error():
    found = match(_alarms(), EVENTS)
    assert found.f1 == found.precision == found.recall == 0.0
    assert found.by_kind() == {"shift": (0, 1), "spike_up": (0, 1)}


def test_perfect_scores_fill_the_volume_and_random_ones_a_share_like_the_events():
    truth = np.zeros(400)
    truth[100:130] = truth[200:202] = 1
    assert vus_pr(truth, EVENTS) > 0.9
    assert vus_pr(np.random.default_rng(0).random(400), EVENTS) < 0.2


def test_scores_that_are_all_alike_rank_nothing():
    assert vus_pr(np.zeros(400), EVENTS) < 0.2


def test_the_winkler_score_is_the_width_plus_forty_times_the_miss():
    scores = winkler(np.array([5.0, 12.0]), np.array([0.0, 0.0]), np.array([10.0, 10.0]))
    assert scores.tolist() == pytest.approx([10.0, 10.0 + 40 * 2.0])


def test_coverage_and_its_worst_week():
    values = np.zeros(336)
    values[:100] = 5.0
    found = quality("x", values, np.full(336, -1.0), np.ones(336), per_week=168)
    assert found.coverage == pytest.approx(236 / 336)
    assert found.worst_week == pytest.approx(68 / 168)


def test_a_long_history_is_split_into_years_and_a_short_one_in_proportion():
    long = pd.date_range("2021-01-01", "2024-06-01", freq="h", tz="UTC")
    assert len(splits(long, 4)) == 4
    assert splits(long, 4)[-1].end <= long[-1]
    short = splits(long[: 24 * 80], 4)
    assert len(short) == 1
    assert abs(short[0].calibrate - short[0].start - timedelta(days=40)) < timedelta(days=1)


@pytest.mark.parametrize("scorer", [RandomScorer, BlindScorer])
def test_scorers_that_know_nothing_find_next_to_nothing(scorer):
    frame = air(240, columns=("pm2_5",))
    trial = Trial(scorer, frame, "pm2_5", splits(frame.index, 1)[0])
    assert trial.test(8, 1).found[0.25].f1 < 0.4


def test_the_learned_detector_beats_the_common_choice():
    frame = air(240, columns=("pm2_5",))
    part = splits(frame.index, 1)[0]
    f1 = {}
    for kind in ("learned", "forest_residual"):
        trial = Trial(lambda kind=kind: create(kind, "pm2_5"), frame, "pm2_5", part)
        f1[kind] = np.mean([trial.test(6, seed).found[0.25].f1 for seed in (1, 2)])
    assert f1["learned"] > 0.5
    assert f1["learned"] > 2 * f1["forest_residual"]


@pytest.mark.parametrize("hours", [303, 24 * 80, 17_000])
def test_a_short_history_is_split_once_whatever_its_length(hours):
    assert len(splits(pd.date_range("2021-01-01", periods=hours, freq="h", tz="UTC"), 4)) == 1


def test_one_split_of_a_long_history_is_the_newest():
    long = pd.date_range("2021-01-01", "2024-06-01", freq="h", tz="UTC")
    assert splits(long, 1) == splits(long, 4)[-1:]
    assert splits(long, 1)[0].end == long[-1]


class _Steps:
    """The size of the step from the reading before."""

    def fit(self, frame):
        return self

    def score(self, frame):
        return frame.pm2_5.diff().abs().to_numpy()


def test_no_threshold_fixed_beforehand_is_better_than_the_best_in_hindsight():
    frame = air(60, columns=("pm2_5",), interval=timedelta(minutes=5))
    rounds = Trial(_Steps, frame, "pm2_5", splits(frame.index, 1)[0]).rounds(20, 3)
    found = {rate: together([one.found[rate] for one in rounds]).f1 for rate in RATES}
    assert len(rounds) > 5
    assert best_found(rounds).f1 >= max(found.values()) > 0
    highest = np.unique(np.concatenate([one.scores for one in rounds]))[-1000:-1:20]
    assert best_found(rounds).f1 >= 0.95 * max(together([one.found_at(at) for one in rounds]).f1 for at in highest)


def test_small_figures_are_told_in_digits_and_not_as_zeros():
    figures = [0.94631, 123.45678, 0.000012344, 0.0, float("nan")]
    assert [rounded(value) for value in figures] == [0.9463, 123.4568, 0.00001234, 0.0, None]
