"""The benchmark's scoring, held against what is known about it."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.nab.corpus import NabSeries, load
from benchmarks.nab.scoring import (
    LOW_FALSE_NEGATIVES,
    LOW_FALSE_POSITIVES,
    PROFILES,
    STANDARD,
    Labelled,
    Profile,
    score_at,
    score_corpus,
)
from benchmarks.nab_score import blind

SERIES = Labelled("one", 1000, ((400, 499),))


def alarms(*rows: int, size: int = 1000) -> np.ndarray:
    scores = np.zeros(size)
    scores[list(rows)] = 1.0
    return scores


def raw(*rows: int, profile: Profile = STANDARD) -> float:
    return score_at([(SERIES, alarms(*rows))], profile, 0.5)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_perfect_detector_scores_100_and_the_null_detector_0(profile: Profile) -> None:
    assert raw(400, profile=profile) == pytest.approx(100.0)
    assert raw(profile=profile) == 0.0
    assert score_corpus([(SERIES, np.full(1000, 0.5))], profile).score == 0.0


def test_an_early_detection_is_worth_more_than_a_late_one() -> None:
    assert raw(400) > raw(450) > raw(499) > 50.0
    assert raw(450) == pytest.approx(50 * (1 + 0.8483 / 0.9866), abs=0.01)


def test_only_the_best_detection_in_a_window_counts() -> None:
    assert raw(420, 430, 490) == raw(420)


def test_a_false_alarm_costs_its_weight_far_away_and_less_just_behind_a_window() -> None:
    assert raw(400, 200) == pytest.approx(100 - 100 * 0.11 / 2)
    assert raw(400, 999) == pytest.approx(100 - 100 * 0.11 / 2)
    assert raw(400, 500) > raw(400, 600) > raw(400, 999)


def test_the_profiles_weigh_alarms_and_misses() -> None:
    assert raw(400, 200, profile=LOW_FALSE_POSITIVES) == pytest.approx(100 - 100 * 0.22 / 2)
    assert raw(400, 200, profile=LOW_FALSE_NEGATIVES) == pytest.approx(100 - 100 * 0.11 / 3)


def test_nothing_counts_during_the_probation() -> None:
    assert raw(400, 0, 149) == raw(400)
    assert raw(400, 150) < raw(400)
    assert Labelled("long", 22_000, ()).probation == 750


def test_one_threshold_serves_the_whole_corpus() -> None:
    quiet, loud = 0.4 * alarms(400), 0.9 * alarms(400) + 0.5 * alarms(200)
    result = score_corpus([(SERIES, quiet), (SERIES, loud)], STANDARD)
    assert result.threshold == pytest.approx(0.4)
    assert result.score == pytest.approx(100 - 100 * 0.11 / 4)


def test_the_threshold_that_is_found_gives_the_score_that_is_reported() -> None:
    scores = np.random.default_rng(1).random(1000).round(2)
    result = score_corpus([(SERIES, scores)], STANDARD)
    assert score_at([(SERIES, scores)], STANDARD, result.threshold) == pytest.approx(result.score)


def test_a_missing_or_infinite_score_is_refused() -> None:
    for scores in (np.zeros(999), np.full(1000, np.nan)):
        with pytest.raises(ValueError, match="one finite score"):
            score_corpus([(SERIES, scores)], STANDARD)


@pytest.fixture(scope="module")
def corpus(shared_data: Path) -> list[NabSeries]:
    return load(shared_data / "nab")


@pytest.mark.shared_data
def test_the_corpus_has_its_13_series_and_25_windows(corpus: list[NabSeries]) -> None:
    assert len(corpus) == 13
    assert sum(len(series.labels.windows) for series in corpus) == 25


@pytest.mark.shared_data
def test_the_blind_detector_scores_about_a_quarter(corpus: list[NabSeries]) -> None:
    assert score_corpus(blind(corpus), STANDARD).score == pytest.approx(25.9, abs=2.5)
