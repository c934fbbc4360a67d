"""The streaming scorer: causal, in [0, 1], the same whatever the unit, announcing an event once."""

import numpy as np
import pytest

from detection.streaming import StreamingScorer, score_series
from detection.streaming.channels import all_channels
from detection.streaming.engine import HELD, Gate
from detection.streaming.rarity import BLOCK, RAREST, Rarity

STEP = 300.0  # seconds
START = 1_400_000_000.0
ROWS = 1500
EVENT = 1200


def times(rows: int = ROWS) -> np.ndarray:
    return START + STEP * np.arange(rows)


def daily_wave(rows: int = ROWS) -> np.ndarray:
    noise = np.random.default_rng(7).normal(0.0, 1.0, rows)
    return 50.0 + 10.0 * np.sin(2 * np.pi * times(rows) / 86_400) + noise


@pytest.fixture(scope="module")
def spiked() -> np.ndarray:
    values = daily_wave()
    values[EVENT : EVENT + 6] += 60.0
    return values


@pytest.fixture(scope="module")
def scores(spiked: np.ndarray) -> np.ndarray:
    return score_series(times(), spiked)


def test_every_row_has_a_score_between_0_and_1(scores: np.ndarray) -> None:
    assert scores.shape == (ROWS,)
    assert ((scores >= 0) & (scores <= 1)).all()


def test_the_score_of_a_prefix_is_the_prefix_of_the_score(spiked: np.ndarray, scores: np.ndarray) -> None:
    for rows in (1, 2 * BLOCK, EVENT + 1):
        assert np.array_equal(score_series(times(rows), spiked[:rows]), scores[:rows])


def test_what_comes_later_changes_no_earlier_score(spiked: np.ndarray, scores: np.ndarray) -> None:
    changed = np.where(np.arange(ROWS) > EVENT, -1e6, spiked)
    assert np.array_equal(score_series(times(), changed)[: EVENT + 1], scores[: EVENT + 1])


def test_a_spike_scores_highest_of_all_that_follows_the_first_day(scores: np.ndarray) -> None:
    settled = 300
    assert EVENT <= settled + int(np.argmax(scores[settled:])) < EVENT + 6


@pytest.mark.parametrize("factor", [1e-3, 1e6])
def test_the_unit_of_the_values_does_not_matter(spiked: np.ndarray, scores: np.ndarray, factor: float) -> None:
    assert np.allclose(score_series(times(), spiked * factor), scores, atol=0.02)


def test_it_scores_one_by_one_what_it_scores_at_once(spiked: np.ndarray, scores: np.ndarray) -> None:
    scorer = StreamingScorer()
    assert [scorer.update(at, value) for at, value in zip(times(), spiked, strict=True)] == scores.tolist()


def test_nothing_is_unusual_before_there_is_a_past(scores: np.ndarray) -> None:
    assert (scores[:BLOCK] == 0).all()


@pytest.mark.parametrize("level", [0.0, 5.0, -1e9])
def test_a_constant_series_is_never_unusual(level: float) -> None:
    assert score_series(times(600), np.full(600, level)).max() < 0.1


def test_a_missing_value_scores_0_and_teaches_nothing(spiked: np.ndarray, scores: np.ndarray) -> None:
    with_hole = score_series(np.insert(times(), 900, times()[900]), np.insert(spiked, 900, np.nan))
    assert with_hole[900] == 0
    assert np.array_equal(np.delete(with_hole, 900), scores)


@pytest.mark.parametrize("absurd", [1e300, -1e300, np.inf])
def test_an_absurd_value_scores_1_and_teaches_nothing(spiked: np.ndarray, scores: np.ndarray, absurd: float) -> None:
    with_it = score_series(np.insert(times(), 900, times()[900]), np.insert(spiked, 900, absurd))
    assert with_it[900] == 1
    assert np.array_equal(np.delete(with_it, 900), scores)


def test_it_stands_any_finite_series() -> None:
    values = np.random.default_rng(3).choice([0.0, -1e15, 1e15, 1e-300, 7.0], 800)
    assert np.isfinite(score_series(times(800)[::-1], values)).all()


def test_it_refuses_times_and_values_of_different_length() -> None:
    with pytest.raises(ValueError, match="one length"):
        score_series([1.0, 2.0], [1.0])


def test_the_gate_announces_an_event_once_and_opens_again_later() -> None:
    gate = Gate()
    assert gate.update(1.0) == 1.0
    assert gate.update(1.2) == pytest.approx(HELD * 1.2)
    assert gate.update(1.6) == 1.6
    for _ in range(200):
        gate.update(0.0)
    assert gate.update(1.0) == 1.0


def test_a_record_is_as_rare_as_the_blocks_it_tops() -> None:
    rarity = Rarity(1)
    for value in range(BLOCK * 10):
        rarity.update(np.array([float(value % BLOCK)]))
    record, usual = rarity.update(np.array([1e9]))[0], rarity.update(np.array([1.0]))[0]
    assert record == pytest.approx(np.log10(16.0))
    assert usual < 0.2


def test_nothing_is_rarer_than_the_rarest() -> None:
    rarity = Rarity(1)
    for value in range(BLOCK * 400):
        last = rarity.update(np.array([float(value)]))
    assert last[0] == pytest.approx(RAREST)


def test_memory_does_not_grow_with_the_series() -> None:
    channels = all_channels()
    sizes = []
    for value in range(5000):
        for channel in channels:
            channel.update(STEP * value, float(value % 17))
        if value in (3000, 4999):
            sizes.append([len(getattr(channel, "waiting", ())) for channel in channels])
    assert sizes[0] == sizes[1]
