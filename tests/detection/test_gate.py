"""When a challenger is better, and when one cannot say so."""

import numpy as np
import pytest

from detection.lifecycle.gate import MARGIN, TOLERANCE, decide, size_by_long_run_variance


def errors(level: float, *, seed: int = 0, n: int = 130) -> np.ndarray:
    return level * np.random.default_rng(seed).lognormal(0, 0.3, n)


def wandering(*, seed: int, n: int = 130) -> np.ndarray:
    shocks = np.random.default_rng(seed).normal(0, 0.1, n)
    level = np.zeros(n)
    for row in range(1, n):
        level[row] = 0.9 * level[row - 1] + shocks[row]
    return level


def test_a_clearly_better_challenger_passes():
    found = decide({"challenger": errors(0.2), "champion": errors(0.3, seed=1), "persistence": errors(0.5, seed=2)})
    assert found.passed
    assert "beats the champion" in found.sentence


def test_one_that_equals_the_champion_does_not_pass():
    same = errors(0.2)
    found = decide({"challenger": same, "champion": same, "persistence": errors(0.5, seed=2)})
    assert not found.passed
    assert "does not surely beat the champion" in found.sentence
    assert f"{1 - MARGIN:.2f}" in found.sentence


def test_one_that_equals_the_champion_passes_where_the_champion_ends_soon():
    same = errors(0.2)
    assert decide({"challenger": same, "champion": same * 1.001}, -TOLERANCE).passed


def test_one_that_beats_the_champion_but_not_yesterday_does_not_pass():
    found = decide({"challenger": errors(0.4), "champion": errors(0.9, seed=1), "seasonal_naive": errors(0.3, seed=2)})
    assert not found.passed
    assert "yesterday" in found.sentence


def test_after_a_change_of_the_source_not_being_surely_worse_than_yesterday_is_enough():
    """The champion describes readings that no longer come: waiting for certainty would leave it serving for weeks."""
    rivals = {"champion": errors(0.9, seed=1), "seasonal_naive": errors(0.4, seed=2)}
    found = decide({"challenger": errors(0.41), **rivals}, outlived=True)
    assert found.passed
    assert "does not surely beat" in found.sentence
    assert "before it changed" in found.sentence


def test_after_a_change_of_the_source_the_champion_itself_has_to_be_beaten_surely():
    same = errors(0.4)
    assert not decide({"challenger": same, "champion": same, "seasonal_naive": errors(0.9)}, outlived=True).passed


def test_after_a_change_of_the_source_one_that_is_surely_worse_than_yesterday_does_not_pass():
    rivals = {"champion": errors(0.9, seed=1), "seasonal_naive": errors(0.2, seed=2)}
    assert not decide({"challenger": errors(0.4), **rivals}, outlived=True).passed


def test_too_few_origins_do_not_decide():
    found = decide({"challenger": errors(0.1, n=5), "champion": errors(0.9, n=5)})
    assert (found.passed, found.sentence) == (False, "There are fewer than 8 held-out forecasts to compare.")


def test_unknown_errors_do_not_count():
    challenger, champion = errors(0.2), errors(0.3, seed=1)
    challenger[:120] = np.nan
    assert decide({"challenger": challenger, "champion": champion}).comparisons[0].effective <= 10


def test_errors_that_wander_say_less_than_independent_ones():
    sizes = [size_by_long_run_variance(wandering(seed=seed)) for seed in range(20)]
    assert np.median(sizes) < 0.3 * np.median([size_by_long_run_variance(errors(1.0, seed=seed)) for seed in range(20)])
    assert size_by_long_run_variance(np.ones(20)) == 20


@pytest.mark.parametrize("seed", range(3))
def test_luck_alone_seldom_passes(seed):
    """Two equally good models with wandering differences: fewer than one in five is taken for better."""
    passed = 0
    for trial in range(100):
        noise = wandering(seed=1000 * seed + trial)
        passed += decide({"challenger": 1 + noise, "champion": np.ones(len(noise))}).passed
    assert passed <= 20
