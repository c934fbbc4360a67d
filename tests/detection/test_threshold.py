"""From a wanted rate of false alarms to a threshold, and keeping it."""

import numpy as np
import pytest

from detection.calibration.days import weeks_known
from detection.calibration.rate import FARTHEST, RateKeeper, alarms_kept
from detection.calibration.threshold import MOST_EPISODES, episode_levels, episodes, threshold_for

WEEKS = 26
HOURS = WEEKS * 168


def test_alarms_three_hours_apart_are_one_episode_and_four_hours_apart_are_two():
    alarms = np.zeros(100, dtype=bool)
    alarms[[10, 13]] = True
    assert episodes(alarms) == 1
    alarms[17] = True
    assert episodes(alarms) == 2


def test_an_episode_counts_again_for_each_further_day():
    alarms = np.zeros(100, dtype=bool)
    alarms[10:33] = True
    assert episodes(alarms) == 1
    alarms[10:34] = True
    assert episodes(alarms) == 2


def test_at_five_minute_readings_three_hours_are_thirty_six_places():
    alarms = np.zeros(200, dtype=bool)
    alarms[[10, 46]] = True
    assert episodes(alarms, per_hour=12) == 1
    alarms[83] = True
    assert episodes(alarms, per_hour=12) == 2


def test_where_nothing_alarms_there_is_no_episode():
    assert episodes(np.zeros(10, dtype=bool)) == 0


@pytest.mark.parametrize("per_week", [0.25, 1.0, 4.0])
def test_the_threshold_gives_the_wanted_episodes_on_the_history_it_was_set_on(per_week):
    scores = np.random.default_rng(0).exponential(size=HOURS)
    threshold = threshold_for(scores, per_week)
    assert episodes(scores >= threshold) == int(per_week * WEEKS)


@pytest.mark.parametrize("per_week", [0.25, 4.0])
def test_what_is_missing_is_no_alarm_and_counts_as_no_time(per_week):
    scores = np.random.default_rng(0).exponential(size=HOURS)
    known = scores[: HOURS // 2].copy()
    scores[HOURS // 2 :] = np.nan
    assert threshold_for(scores, per_week) == pytest.approx(threshold_for(known, per_week), abs=0.05)
    assert episode_levels(scores) == episode_levels(known)


@pytest.mark.parametrize(("per_hour", "a_week"), [(12, 2016), (1, 168), (1 / 3, 56), (1 / 24, 7), (1 / 48, 3.5)])
def test_a_week_is_a_week_at_any_interval(per_hour: float, a_week: float) -> None:
    assert weeks_known(np.zeros(int(2 * a_week)), per_hour) == pytest.approx(2.0)


def test_a_day_on_which_anything_was_known_counts_as_a_whole_one() -> None:
    scores = np.full(14 * 24, np.nan)
    assert weeks_known(scores, 1.0) == weeks_known(scores[:0], 1.0) == 0.0
    scores[: 7 * 24 : 24] = 1.0
    assert weeks_known(scores, 1.0) == pytest.approx(1.0)


def test_where_more_alarms_are_wanted_than_there_are_every_score_is_one():
    assert threshold_for(np.arange(1.0, 10.0), 1000.0) == 1.0


def test_a_threshold_needs_at_least_one_score():
    with pytest.raises(ValueError, match="too short"):
        threshold_for(np.full(100, np.nan), 1.0)


def test_scores_that_are_all_alike_give_no_alarm():
    threshold = threshold_for(np.zeros(HOURS), 0.25)
    assert not (np.zeros(10) >= threshold).any()


def test_the_level_for_so_many_episodes_gives_so_many():
    scores = np.random.default_rng(1).exponential(size=HOURS)
    levels = episode_levels(scores)
    for count in (1, 5, 20):
        assert episodes(scores >= levels[-count]) == count


def test_there_are_levels_down_to_where_everything_alarms():
    scores = np.zeros(100)
    scores[[10, 40, 70]] = 5.0, 6.0, 7.0
    assert episode_levels(scores) == [0.0, 0.0, 5.0, 6.0, 7.0]


def test_no_more_levels_are_looked_for_than_a_bar_can_reach():
    assert len(episode_levels(np.random.default_rng(1).exponential(size=HOURS))) == MOST_EPISODES


def test_without_scores_there_are_no_levels():
    assert episode_levels(np.full(10, np.nan)) == []


def test_an_alarm_raises_the_bar_and_quiet_days_lower_it():
    keeper = RateKeeper(per_month=2.0)
    assert keeper.after(0, 1).bar > keeper.bar > keeper.after(10, 0).bar


def test_as_many_alarms_as_wanted_leave_the_bar_where_it_is():
    keeper = RateKeeper(per_month=2.0).after(30, 2)
    assert keeper.offset == pytest.approx(0)


def test_the_bar_does_not_move_beyond_all_bounds():
    assert RateKeeper(per_month=1.0).after(0, 100).offset == FARTHEST


def counted(*places: int, until: int, per_hour: float = 1.0) -> int:
    """How many times alarms at those places have raised a bar that a quiet day lowers by as much as one raises it."""
    for times in range(4):
        surprises = np.full(until + 1, -9.0)
        surprises[list(places)] = 9.0
        surprises[until] = times - until / per_hour / 24 + 1e-6
        if alarms_kept(surprises, per_month=30.0, per_hour=per_hour)[until]:
            return times
    raise AssertionError("The bar has risen beyond all counting.")


def test_along_a_history_an_episode_counts_when_it_begins():
    assert counted(until=20) == 0
    assert counted(10, until=20) == 1
    assert counted(10, 12, 15, until=20) == 1
    assert counted(10, 14, until=20) == 2


def test_along_a_history_an_episode_counts_again_for_each_day():
    assert counted(*range(24), until=30) == 1
    assert counted(*range(25), until=30) == 2
    assert counted(*range(49), until=54) == 3


def test_along_a_history_of_five_minute_readings_three_hours_are_thirty_six_places():
    assert counted(10, 46, until=200, per_hour=12) == 1
    assert counted(10, 47, until=200, per_hour=12) == 2


def test_the_rate_holds_although_the_scores_become_ten_times_as_surprising():
    rng = np.random.default_rng(2)
    surprises = np.log10(1 / rng.random(HOURS) / 24) + np.repeat([0.0, 1.0], HOURS // 2)
    alarms = alarms_kept(surprises, per_month=4.0)
    wanted = 4.0 * WEEKS * 7 / 30
    assert episodes(alarms) == pytest.approx(wanted, rel=0.25)
