"""Every edge of the state machine."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts.state_machine import Decision, Observation, Policy, Say, Sight, Standing, State, decide

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLICY = Policy(pending_for=2 * HOUR, recover_for=3 * HOUR, cooldown=HOUR)
AT_ONCE = Policy()


def seen(hours: float, level: int = 0, calm: int | None = None, sight: Sight = Sight.CLEAR) -> Observation:
    return Observation(START + hours * HOUR, level, level if calm is None else calm, sight)


def run(policy: Policy, *observations: Observation) -> list[tuple[State | None, Say | None]]:
    """State and message after each observation, from nothing."""
    standing: Standing | None = None
    steps = []
    for observation in observations:
        decision = decide(standing, observation, policy)
        standing = decision.standing
        if standing and standing.state is State.RESOLVED:
            steps.append((State.RESOLVED, decision.say))
            standing = None
        else:
            steps.append((standing.state if standing else None, decision.say))
    return steps


def standing_after(policy: Policy, *observations: Observation) -> Standing:
    standing: Standing | None = None
    for observation in observations:
        standing = decide(standing, observation, policy).standing
    assert standing is not None
    return standing


def test_nothing_comes_of_good_air() -> None:
    assert decide(None, seen(0), POLICY) == Decision(None)


def test_it_fires_at_once_where_nothing_has_to_be_awaited() -> None:
    assert run(AT_ONCE, seen(0, 1)) == [(State.FIRING, Say.ALERT)]


def test_it_waits_just_until_the_pending_time_is_over() -> None:
    almost = 2 - 1e-6
    assert run(POLICY, seen(0, 1), seen(almost, 1), seen(2, 1)) == [
        (State.PENDING, None),
        (State.PENDING, None),
        (State.FIRING, Say.ALERT),
    ]


def test_what_ends_while_pending_was_nothing() -> None:
    assert run(POLICY, seen(0, 1), seen(1)) == [(State.PENDING, None), (None, None)]


def test_pending_starts_over_after_a_break() -> None:
    assert run(POLICY, seen(0, 1), seen(1), seen(1.5, 1), seen(3, 1))[-1] == (State.PENDING, None)


def test_it_recovers_just_when_the_recovery_time_is_over() -> None:
    policy = Policy(recover_for=3 * HOUR)
    almost = 4 - 1e-6
    assert run(policy, seen(0, 1), seen(1), seen(almost), seen(4)) == [
        (State.FIRING, Say.ALERT),
        (State.RECOVERING, None),
        (State.RECOVERING, None),
        (State.RESOLVED, Say.CANCEL),
    ]


def test_a_relapse_while_recovering_says_nothing_new() -> None:
    policy = Policy(recover_for=3 * HOUR)
    assert run(policy, seen(0, 1), seen(1), seen(2, 1)) == [
        (State.FIRING, Say.ALERT),
        (State.RECOVERING, None),
        (State.FIRING, None),
    ]


def test_recovery_starts_over_after_a_relapse() -> None:
    policy = Policy(recover_for=3 * HOUR)
    assert run(policy, seen(0, 1), seen(1), seen(2, 1), seen(3), seen(5))[-1] == (State.RECOVERING, None)


def test_a_relapse_at_a_worse_level_is_told() -> None:
    assert run(POLICY, seen(0, 1), seen(2, 1), seen(3), seen(4, 2))[-1] == (State.FIRING, Say.UPDATE)


def test_without_recovery_time_it_is_over_at_once() -> None:
    assert run(AT_ONCE, seen(0, 1), seen(1))[-1] == (State.RESOLVED, Say.CANCEL)


def test_one_level_up_waits_for_the_cooldown() -> None:
    policy = Policy(cooldown=2 * HOUR)
    almost = 2 - 1e-6
    assert run(policy, seen(0, 1), seen(almost, 2), seen(2, 2)) == [
        (State.FIRING, Say.ALERT),
        (State.FIRING, None),
        (State.FIRING, Say.UPDATE),
    ]


def test_one_level_down_waits_for_the_cooldown_too() -> None:
    policy = Policy(cooldown=2 * HOUR)
    almost = 2 - 1e-6
    assert run(policy, seen(0, 2), seen(almost, 1), seen(2, 1)) == [
        (State.FIRING, Say.ALERT),
        (State.FIRING, None),
        (State.FIRING, Say.UPDATE),
    ]


def test_the_cooldown_counts_from_the_last_change_of_level() -> None:
    policy = Policy(cooldown=2 * HOUR)
    changes = (seen(0, 1), seen(3, 2), seen(4.9, 3), seen(5, 3))
    assert [say for _, say in run(policy, *changes)] == [Say.ALERT, Say.UPDATE, None, Say.UPDATE]


def test_the_time_in_which_it_was_pending_is_no_part_of_the_cooldown() -> None:
    policy = Policy(pending_for=2 * HOUR, cooldown=2 * HOUR)
    changes = (seen(0, 1), seen(2, 1), seen(3, 2), seen(4, 2))
    assert [say for _, say in run(policy, *changes)] == [None, Say.ALERT, None, Say.UPDATE]


def test_a_level_is_told_once_and_the_next_is_counted_from_it() -> None:
    assert [say for _, say in run(AT_ONCE, seen(0, 1), seen(1, 3), seen(2, 3), seen(3, 2))] == [
        Say.ALERT,
        Say.UPDATE,
        None,
        Say.UPDATE,
    ]


def test_it_stands_at_the_level_that_was_seen_when_the_waiting_was_over() -> None:
    assert standing_after(POLICY, seen(0, 1), seen(1, 3)).level == 3
    assert standing_after(POLICY, seen(0, 1), seen(2, 3)).level == 3


def test_what_is_over_has_no_level() -> None:
    assert standing_after(AT_ONCE, seen(0, 2), seen(1)).level == 0


def test_a_rule_that_never_saw_anything_has_no_level_either() -> None:
    assert standing_after(AT_ONCE, seen(0, sight=Sight.ERROR)).level == 0


def test_without_times_of_its_own_a_rule_waits_for_nothing_and_reminds_of_nothing() -> None:
    assert Policy() == Policy(timedelta(0), timedelta(0), timedelta(0), None)
    assert Observation(START) == seen(0)


def test_two_levels_up_skip_the_cooldown() -> None:
    assert run(Policy(cooldown=24 * HOUR), seen(0, 1), seen(0.1, 3))[-1] == (State.FIRING, Say.UPDATE)


def test_it_escalates_on_the_short_mean_alone() -> None:
    assert run(AT_ONCE, seen(0, 1), seen(1, 2, calm=1))[-1] == (State.FIRING, Say.UPDATE)


def test_it_does_not_de_escalate_before_the_longer_mean_has_come_down() -> None:
    assert run(AT_ONCE, seen(0, 2), seen(1, 1, calm=2), seen(2, 1, calm=1)) == [
        (State.FIRING, Say.ALERT),
        (State.FIRING, None),
        (State.FIRING, Say.UPDATE),
    ]


def test_it_does_not_recover_before_the_longer_mean_has_come_down() -> None:
    assert run(AT_ONCE, seen(0, 1), seen(1, 0, calm=1))[-1] == (State.FIRING, None)


def test_the_longer_mean_alone_starts_nothing() -> None:
    assert run(AT_ONCE, seen(0, 0, calm=2)) == [(None, None)]


def test_the_same_level_is_not_told_again_however_long_it_lasts() -> None:
    assert (
        run(POLICY, seen(0, 1), seen(2, 1), *(seen(hour, 1) for hour in range(3, 99)))[2:]
        == [(State.FIRING, None)] * 96
    )


def test_it_reminds_when_the_rule_wants_it() -> None:
    policy = Policy(repeat_every=6 * HOUR)
    almost = 6 - 1e-6
    assert [say for _, say in run(policy, seen(0, 1), seen(almost, 1), seen(6, 1), seen(7, 1), seen(12, 1))] == [
        Say.ALERT,
        None,
        Say.UPDATE,
        None,
        Say.UPDATE,
    ]


@pytest.mark.parametrize(("sight", "state"), [(Sight.NO_DATA, State.NO_DATA), (Sight.ERROR, State.ERROR)])
def test_a_firing_alert_that_sees_nothing_says_so_once_and_stays(sight: Sight, state: State) -> None:
    assert run(AT_ONCE, seen(0, 1), seen(1, sight=sight), seen(99, sight=sight)) == [
        (State.FIRING, Say.ALERT),
        (state, Say.UPDATE),
        (state, None),
    ]


def test_going_from_one_blindness_to_the_other_says_nothing() -> None:
    assert run(AT_ONCE, seen(0, 1), seen(1, sight=Sight.NO_DATA), seen(2, sight=Sight.ERROR))[-1] == (State.ERROR, None)


def test_no_data_is_never_the_all_clear() -> None:
    policy = Policy(recover_for=HOUR)
    assert run(policy, seen(0, 1), seen(1), seen(99, sight=Sight.NO_DATA))[-1] == (State.NO_DATA, Say.UPDATE)


def test_good_data_after_a_gap_has_to_last_before_the_all_clear() -> None:
    policy = Policy(recover_for=2 * HOUR)
    blind = seen(1, sight=Sight.NO_DATA)
    assert run(policy, seen(0, 1), blind, seen(9), seen(11)) == [
        (State.FIRING, Say.ALERT),
        (State.NO_DATA, Say.UPDATE),
        (State.RECOVERING, None),
        (State.RESOLVED, Say.CANCEL),
    ]


def test_bad_data_after_a_gap_is_told() -> None:
    blind = seen(1, sight=Sight.NO_DATA)
    assert run(AT_ONCE, seen(0, 1), blind, seen(2, 1))[-1] == (State.FIRING, Say.UPDATE)


def test_a_pending_alert_that_loses_sight_starts_over() -> None:
    blind = seen(1, sight=Sight.NO_DATA)
    assert run(POLICY, seen(0, 1), blind, seen(2, 1), seen(3, 1), seen(4, 1)) == [
        (State.PENDING, None),
        (State.NO_DATA, None),
        (State.PENDING, None),
        (State.PENDING, None),
        (State.FIRING, Say.ALERT),
    ]


def test_no_data_without_an_alert_is_nothing() -> None:
    assert run(AT_ONCE, seen(0, sight=Sight.NO_DATA)) == [(None, None)]


def test_a_rule_that_cannot_be_evaluated_shows_as_an_error_and_goes_away_with_it() -> None:
    assert run(AT_ONCE, seen(0, sight=Sight.ERROR), seen(1)) == [(State.ERROR, None), (None, None)]


def test_an_older_observation_changes_nothing() -> None:
    policy = Policy(recover_for=HOUR)
    assert run(policy, seen(5, 1), seen(6), seen(4))[-1] == (State.RECOVERING, None)
