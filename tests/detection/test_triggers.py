"""What makes a series be trained again, and how often."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from aqi_project.mongo import collection
from detection.lifecycle.gate.assessment import _unrivalled as unrivalled
from detection.lifecycle.training import triggers
from detection.models import DriftReport, ModelVersion, Reason, Series, TrainingRun
from detection.versions.compatibility import made_with
from tests.detection.trained import KEY, drifted, make_series, make_version, ran, reason

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_a_fresh_model_is_left_alone(series: Series, now: datetime) -> None:
    assert triggers.look("lahore") == []


def test_a_week_of_new_readings_is_reason_enough(series: Series, now: datetime) -> None:
    assert reason(series, now + 5 * DAY) is None
    assert reason(series, now + 6 * DAY) == Reason.SCHEDULE


def test_the_schedule_is_the_series_own(series: Series, now: datetime) -> None:
    series.retrain_days = 20
    assert reason(series, now + 15 * DAY) is None


def test_a_model_that_this_program_cannot_open_is_trained_again(series: Series, now: datetime) -> None:
    make_version(series, 2, now - DAY, libraries=made_with() | {"scikit-learn": "0.1"})
    series.champion = 2
    wish = triggers.due(series, now)
    assert wish is not None
    assert wish.reason == Reason.UPGRADE
    assert wish.why.startswith("Version 2 was saved with scikit-learn 0.1, here is ")


def test_a_champion_that_was_deleted_is_trained_anew_and_is_nothing_to_beat(series: Series, now: datetime) -> None:
    collection(ModelVersion).delete_many({"series": KEY})
    assert reason(series, now) == Reason.UPGRADE
    decision = unrivalled(series)
    assert decision is not None
    assert "not there any more" in decision.sentence


def test_new_drift_is_trained_on_what_came_after_it(series: Series, now: datetime) -> None:
    drifted(now, since=now - 8 * DAY)
    [run] = triggers.look("lahore")
    assert (run.reason, run.window_starts_at, run.why) == (Reason.DRIFT, now - 8 * DAY, "It jumped.")


def test_a_look_at_a_station_asks_for_its_own_series_that_are_watched_and_for_no_other(
    series: Series, now: datetime
) -> None:
    """All are due: nothing that could be opened serves them."""
    make_series("lahore/pm10", champion=1, is_active=False)
    make_series("lahore/no2")
    make_series("multan/pm2_5", champion=1)
    Series.objects.filter(key=KEY).update(champion=9)
    assert [run.series for run in triggers.look("lahore")] == [KEY]


def test_a_look_asks_for_nothing_within_the_hours_after_a_training(series: Series, now: datetime) -> None:
    drifted(now)
    ran(now - HOUR)
    assert triggers.look("lahore") == []


def test_the_version_that_serves_is_looked_at_and_no_other_series_or_number(series: Series, now: datetime) -> None:
    """Both others are stale."""
    make_version(make_series("karachi/pm2_5", champion=1), 1, now - 300 * DAY)
    make_version(series, 2, now - 300 * DAY)
    assert reason(series, now + 5 * DAY) is None
    series.champion = 2
    assert reason(series, now) is not None


def test_a_change_of_yesterday_waits_for_a_week_of_readings(series: Series, now: datetime) -> None:
    drifted(now, since=now - DAY)
    assert reason(series, now + 5 * DAY) is None
    assert reason(series, now + 7 * DAY) == Reason.DRIFT


def test_drift_that_was_told_before_is_no_new_reason(series: Series, now: datetime) -> None:
    drifted(now, is_new=False)
    assert reason(series, now) is None


def test_the_schedule_waits_for_a_challenger_that_watches(series: Series, now: datetime) -> None:
    """Trained each week, one that has to watch for two would always be replaced before it is judged."""
    make_version(series, 2, now - DAY, metrics={"gate": {"passed": True}})
    series.challenger, series.shadow_days = 2, 14
    assert reason(series, now + 10 * DAY) is None
    drifted(now + 10 * DAY, since=now)
    assert reason(series, now + 10 * DAY) == Reason.DRIFT
    DriftReport.objects.all().delete()
    make_version(series, 3, now - DAY, metrics={"gate": {"passed": False}})
    series.challenger = 3
    assert reason(series, now + 10 * DAY) == Reason.SCHEDULE


@pytest.mark.parametrize(
    ("hours", "may"),
    [
        ([], True),
        ([19.9], False),
        ([20], True),
        ([21, 22], False),
        ([21, 24], True),
        ([20, 48, 72], True),
        ([-1], True),
    ],
)
def test_two_trainings_a_day_are_the_most_and_twenty_hours_lie_between(
    series: Series, now: datetime, hours: list[float], may: bool
) -> None:
    for ago in hours:
        ran(now - ago * HOUR)
    assert triggers.may_train(series, now, Reason.SCHEDULE) == may


def test_what_was_trained_for_another_series_or_ended_without_readings_hinders_nothing(
    series: Series, now: datetime
) -> None:
    ran(now, series="lahore/pm10")
    ran(None, state=TrainingRun.State.FAILED)
    assert triggers.may_train(series, now, Reason.SCHEDULE)


def test_after_an_upgrade_a_training_before_it_is_no_reason_to_wait_but_one_for_it_is(
    series: Series, now: datetime
) -> None:
    ran(now - HOUR)
    ran(now - 22 * HOUR)
    assert triggers.may_train(series, now, Reason.UPGRADE)
    ran(now - HOUR, reason=Reason.UPGRADE, state=TrainingRun.State.FAILED)
    assert not triggers.may_train(series, now, Reason.UPGRADE)


@pytest.mark.parametrize("state", TrainingRun.OPEN)
def test_none_begins_while_another_is_open(series: Series, now: datetime, state: str) -> None:
    ran(None, state=state)
    assert not triggers.may_train(series, now, Reason.SCHEDULE)


@pytest.mark.parametrize(("days", "wanted"), [(2.9, None), (3, Reason.DRIFT)])
def test_a_change_is_trained_for_again_after_three_days(
    series: Series, now: datetime, days: float, wanted: str | None
) -> None:
    drifted(now - 4 * DAY)
    ran(now - days * DAY, reason=Reason.DRIFT)
    assert reason(series, now) == wanted


@pytest.mark.parametrize(
    ("hours", "other"), [(1, {"series": "lahore/pm10"}), (1, {"reason": Reason.MANUAL}), (48, {})], ids=str
)
def test_a_training_for_something_else_or_before_is_no_answer_to_a_change(
    series: Series, now: datetime, hours: int, other: dict[str, Any]
) -> None:
    drifted(now - DAY)
    ran(now - hours * HOUR, **{"reason": Reason.DRIFT, **other})
    assert reason(series, now) == Reason.DRIFT


def test_a_change_of_another_series_is_none_of_this_one(series: Series, now: datetime) -> None:
    drifted(now - DAY, series="lahore/pm10")
    assert reason(series, now) is None


@pytest.mark.parametrize(("days", "wanted"), [(60, Reason.DRIFT), (60.1, None)])
def test_a_change_of_two_months_ago_has_been_learnt(
    series: Series, now: datetime, days: float, wanted: str | None
) -> None:
    drifted(now - days * DAY)
    assert reason(series, now) == wanted


@pytest.mark.parametrize(("days", "wanted"), [(7.9, None), (8, Reason.DRIFT)])
def test_eight_days_have_to_be_read_after_a_change(
    series: Series, now: datetime, days: float, wanted: str | None
) -> None:
    drifted(now, since=now - days * DAY)
    assert reason(series, now) == wanted


def test_a_model_that_has_seen_only_what_came_after_a_change_is_not_trained_for_it(
    series: Series, now: datetime
) -> None:
    make_version(series, 2, now - DAY, trained_from=now - 10 * DAY)
    series.champion = 2
    drifted(now, since=now - 10 * DAY)
    assert reason(series, now) is None


def test_what_makes_no_reading_misleading_is_trained_for_once_with_all_of_them(series: Series, now: datetime) -> None:
    drifted(now - HOUR, reason="shape", since=None)
    wish = triggers.due(series, now)
    assert wish is not None
    assert (wish.reason, wish.why, wish.window_starts_at) == (Reason.DRIFT, "It jumped.", None)
    ran(now, reason=Reason.DRIFT)
    assert reason(series, now + 5 * HOUR) is None


def test_what_was_seen_before_the_training_was_learnt_in_it(series: Series, now: datetime) -> None:
    drifted(now - 2 * DAY, reason="shape", since=None)
    assert reason(series, now) is None


@pytest.mark.parametrize(("days", "wanted"), [(3.9, None), (4, Reason.NEW_DATA)])
def test_half_as_much_again_is_much_more(series: Series, now: datetime, days: float, wanted: str | None) -> None:
    make_version(series, 2, now, trained_from=now - 8 * DAY)
    series.champion = 2
    assert reason(series, now + days * DAY) == wanted


def test_for_much_more_it_is_tried_every_three_days(series: Series, now: datetime) -> None:
    make_version(series, 2, now, trained_from=now - 8 * DAY)
    series.champion = 2
    ran(now + 2 * DAY, reason=Reason.NEW_DATA)
    assert reason(series, now + 4.9 * DAY) is None
    wish = triggers.due(series, now + 5 * DAY)
    assert wish is not None
    assert wish.reason == Reason.NEW_DATA
    assert wish.why == "The readings reach over 1.6 times the span that version 2 has seen."


@pytest.mark.parametrize("other", [{"series": "lahore/pm10"}, {"reason": Reason.MANUAL}], ids=str)
def test_a_training_for_something_else_is_no_answer_to_much_more(
    series: Series, now: datetime, other: dict[str, Any]
) -> None:
    make_version(series, 2, now, trained_from=now - 8 * DAY)
    series.champion = 2
    ran(now + 4 * DAY, **{"reason": Reason.NEW_DATA, **other})
    assert reason(series, now + 5 * DAY) == Reason.NEW_DATA


def test_no_training_of_another_series_or_of_a_time_to_come_puts_the_schedule_off(
    series: Series, now: datetime
) -> None:
    ran(now + 4 * DAY, series="lahore/pm10")
    ran(now + 40 * DAY)
    assert reason(series, now + 6 * DAY) == Reason.SCHEDULE


def test_the_schedule_counts_from_the_last_training_of_any_kind(series: Series, now: datetime) -> None:
    series.retrain_days = 7
    assert reason(series, now + 6 * DAY) == Reason.SCHEDULE
    ran(now + DAY)
    ran(now - DAY)
    assert reason(series, now + 7.9 * DAY) is None
    wish = triggers.due(series, now + 8 * DAY)
    assert wish is not None
    assert wish.why == "Readings of 7 days have come since the last training."
