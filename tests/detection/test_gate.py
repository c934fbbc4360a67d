"""When a challenger is better, and when one cannot say so."""

import numpy as np
import pytest
from scipy import stats

from detection.lifecycle.gate.decision import MARGIN, TOLERANCE, decide, paired, size_by_long_run_variance


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


def test_after_a_change_of_the_source_a_champion_of_the_same_worth_goes_on_serving():
    rivals = {"champion": errors(0.404, seed=1), "seasonal_naive": errors(0.9, seed=2)}
    assert not decide({"challenger": errors(0.4), **rivals}, outlived=True).passed


@pytest.mark.parametrize(("ours", "theirs", "passed"), [(0.4, 1.0, True), (0.6, 1.0, False), (0.4, 0.4, False)])
def test_after_a_change_of_the_source_expected_values_that_err_half_as_much_do_where_forecasts_do_not_tell(
    ours, theirs, passed
):
    """Forecasts of both follow the newest readings; what is expected of an hour does not."""
    same = {"challenger": errors(0.4), "champion": errors(0.404, seed=1), "seasonal_naive": errors(0.9, seed=2)}
    expected = {"challenger": errors(ours, seed=3), "champion": errors(theirs, seed=4)}
    found = decide(same, outlived=True, expected=expected)
    assert found.passed == passed
    assert ("Its expected values err × 0.4" in found.sentence) == passed
    assert not decide(same | {"champion": errors(0.3, seed=1)}, outlived=True, expected=expected).passed


def test_without_such_a_change_yesterday_has_to_be_beaten_surely():
    rivals = {"champion": errors(0.9, seed=1), "seasonal_naive": errors(0.4, seed=2)}
    assert not decide({"challenger": errors(0.41), **rivals}).passed


@pytest.mark.parametrize(("rival", "passed"), [("champion", False), ("persistence", True), ("seasonal_naive", True)])
def test_the_margin_is_asked_against_the_champion_alone(rival, passed):
    challenger = errors(1.0)
    rivals = {"champion": 2 * challenger, rival: 1.005 * challenger}
    assert decide({"challenger": challenger, **rivals}).passed == passed


def test_eight_origins_decide_and_one_rival_with_fewer_holds_up_the_decision():
    few = np.where(np.arange(130) < 7, 0.9, np.nan)
    known = {"challenger": errors(0.1), "persistence": errors(0.9, seed=1)}
    assert decide({**known, "champion": np.where(np.arange(130) < 8, 0.9, np.nan)}).passed
    held_up = decide({**known, "champion": few})
    assert (held_up.passed, held_up.sentence) == (False, "There are fewer than 8 held-out forecasts to compare.")
    assert [pair.rival for pair in held_up.comparisons] == ["persistence"]


def test_where_there_is_no_rival_nothing_is_decided():
    assert not decide({"challenger": errors(0.1)}).passed


def test_of_independent_errors_it_is_the_paired_t_test():
    ours, theirs = 1 + 0.5 * np.tile([1.0, -1.0], 6), np.full(12, 1.2)
    found = paired(ours, theirs, "champion", margin=0.05)
    assert (found.effective, found.ratio) == (12, pytest.approx(1 / 1.2))
    assert found.p_value == pytest.approx(stats.ttest_1samp(0.95 * theirs - ours, 0, alternative="greater").pvalue)


@pytest.mark.parametrize(("rival", "beaten"), [(1.01, True), (1.0, False), (0.99, False)])
def test_where_all_differences_are_alike_their_sign_decides(rival, beaten):
    assert paired(np.ones(20), np.full(20, rival), "champion", margin=0.0).beaten == beaten


@pytest.mark.parametrize(("half", "size"), [(3, 3.6), (50, 100 / 16.6)])
def test_the_weights_of_the_lags_fall(half, size):
    """By hand: of six, lags 1 and 2 have covariances 1/2 and 0; of a hundred, 20 lags have 1 - 0.03 k."""
    assert size_by_long_run_variance(np.repeat([1.0, -1.0], half)) == pytest.approx(size)


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
