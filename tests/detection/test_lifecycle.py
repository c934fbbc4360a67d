"""What makes a series be trained again, and the record of its forecasts."""

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from aqi_project.mongo import collection
from detection import frames, tasks
from detection.lifecycle.gate.assessment import _unrivalled as unrivalled
from detection.lifecycle.gate.decision import Decision
from detection.lifecycle.training import triggers
from detection.lifecycle.training.fitting import Trained
from detection.lifecycle.training.outcomes import settle
from detection.lifecycle.training.reasons import Reason
from detection.lifecycle.versions.compatibility import made_with
from detection.lifecycle.watch import drift_watch, records
from detection.models import DriftReport, ModelVersion, MonthlyRecord, Outcome, Series, TrainingRun
from ingestion.models import Reading, Station
from tests.detection.frames import air
from tests.detection.trained import KEY, drifted, make_champion, make_series, make_version, ran, reason
from tests.factories import (
    make_forecast,
    make_lahore,
    make_reading,
    make_readings,
    make_station,
    reading_document,
)

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def series(now: datetime) -> Series:
    """Trained yesterday; its newest reading is of now."""
    make_lahore()
    make_readings("lahore", hours=48)
    return make_champion(now - DAY)


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


def test_a_small_model_is_trained_again_once_there_is_much_more(series: Series, now: datetime) -> None:
    make_version(series, 2, now - DAY, trained_from=now - 8 * DAY)
    series.champion = 2
    assert reason(series, now) is None
    wish = triggers.due(series, now + 3 * DAY)
    assert wish is not None
    assert wish.reason == Reason.NEW_DATA
    assert wish.why == "The readings reach over 1.6 times the span that version 2 has seen."


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


@pytest.mark.parametrize(("days", "said"), [(0.5, "0.5 days"), (1, "1 day"), (2, "2 days")])
def test_a_challenger_is_told_for_how_long_it_watches(series: Series, now: datetime, days: float, said: str) -> None:
    series.shadow_days = days
    version = make_version(series, 2, now)
    _, sentence = settle(series, Trained(version, True, Decision(True, "It is better.")), ran(now))
    assert sentence == f"It is better. It watches beside the champion for {said}."


def test_a_station_that_cannot_be_looked_at_holds_up_no_other(series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    make_station(slug="a-first", city="elsewhere")
    looked: list[str] = []

    def odd(slug: str) -> list[Any]:
        looked.append(slug)
        if slug == "a-first":
            raise ValueError("what nobody thought of")
        return []

    for module, name in ((records, "update"), (drift_watch, "check_station"), (triggers, "look")):
        monkeypatch.setattr(module, name, odd)
    assert tasks.watch_models() == 0
    assert sorted(looked) == ["a-first"] * 3 + ["lahore"] * 3
    monkeypatch.setattr(tasks, "score_station", lambda slug: len(odd(slug)))
    tasks.score_all()
    assert sorted(looked[6:]) == ["a-first", "lahore"]


def test_two_trainings_keep_their_distance(series: Series, now: datetime) -> None:
    ran(now - 19 * HOUR)
    assert not triggers.may_train(series, now, Reason.SCHEDULE)
    assert triggers.may_train(series, now + 2 * HOUR, Reason.SCHEDULE)


def test_one_training_of_a_series_at_a_time(series: Series, now: datetime) -> None:
    ran(now - 9 * DAY, state=TrainingRun.State.RUNNING)
    assert not triggers.may_train(series, now, Reason.SCHEDULE)


def test_a_station_without_readings_wants_nothing() -> None:
    make_station()
    assert triggers.look("lahore") == []
    assert records.update("lahore") == 0
    assert drift_watch.check_station("lahore") == []


def test_forecasts_are_compared_with_what_came(series: Series, now: datetime) -> None:
    make_forecast(KEY, now - 30 * HOUR)
    assert records.update("lahore") == 1
    row = MonthlyRecord.objects.get(series=KEY, hours="7-24")
    assert row.count == 18
    assert row.error == pytest.approx(0, abs=1e-9)
    assert row.persistence > 1
    assert row.coverage == 1


def test_counting_twice_changes_nothing_and_later_hours_are_added(series: Series, now: datetime) -> None:
    make_forecast(KEY, now - 10 * HOUR)
    for _ in range(2):
        records.update("lahore")
        records._compared_until.clear()  # as in another process
    assert MonthlyRecord.objects.get(series=KEY, hours="7-24").count == 4
    make_readings("lahore", hours=5, until=now + 5 * HOUR)
    records.update("lahore")
    assert MonthlyRecord.objects.get(series=KEY, hours="7-24").count == 9


def test_a_forecast_whose_hours_are_over_is_not_read_again(series: Series, now: datetime) -> None:
    make_readings("lahore", hours=120)
    make_forecast(KEY, now - 100 * HOUR)
    assert records.update("lahore") == 1
    assert Outcome.objects.get().is_complete
    assert records.update("lahore") == 0


def test_a_level_that_jumps_is_reported_once_a_day_and_is_new_once(now: datetime) -> None:
    make_lahore()
    frame = air(125, columns=("pm2_5", "pm10"))
    frame.loc[frame.index[-1] - 6 * DAY :, "pm2_5"] *= 6
    shift = now - frame.index[-1]
    collection(Reading).insert_many(
        [reading_document("lahore", at + shift, values=row.to_dict()) for at, row in frame.iterrows()]
    )
    make_series()
    [found] = drift_watch.check_station("lahore")
    assert (found.verdict, found.is_new) == ("drift", True)
    assert found.sentence_ur
    assert len(found.plot["days"]) == len(found.plot["q50"]) >= 119
    assert drift_watch.check_station("lahore") == []
    DriftReport.objects.update(day=found.day - DAY, at=found.at - DAY)
    [again] = drift_watch.check_station("lahore")
    assert (again.verdict, again.is_new) == ("drift", False)


def test_what_cannot_be_checked_yet_is_tried_once_a_reading(
    series: Series, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, read = frames.with_neighbours, []

    def noted(*span: Any) -> Any:
        read.append(span)
        return usual(*span)

    monkeypatch.setattr(frames, "with_neighbours", noted)
    for _ in range(3):
        assert drift_watch.check_station("lahore") == []
    assert len(read) == 1
    make_reading("lahore", now + HOUR)
    drift_watch.check_station("lahore")
    assert len(read) == 2


def test_a_change_that_is_seen_at_once_and_dated_later_is_told_once(series: Series, now: datetime) -> None:
    drifted(now - 8 * DAY, reason="level_against_companions", since=None)
    assert not drift_watch._is_new(KEY, "step", now - 9 * DAY, now)
    assert not drift_watch._is_new(KEY, "level_against_companions", None, now)
    assert drift_watch._is_new(KEY, "step", now - DAY * 0.5, now)


def test_a_check_judges_what_none_has_judged(series: Series, now: datetime) -> None:
    assert drift_watch._since_last(KEY, now) == 7 * DAY
    drifted(now - 3 * DAY)
    assert drift_watch._since_last(KEY, now) == 3 * DAY


def test_the_command_shows_the_newest_verdicts(series: Series, now: datetime) -> None:
    drifted(now - DAY, verdict="stable", sentence="As before.")
    drifted(now)
    out = StringIO()
    call_command("drift", "lahore", "--json", stdout=out)
    [row] = json.loads(out.getvalue())
    assert (row["verdict"], row["sentence"]) == ("drift", "It jumped.")


@pytest.mark.parametrize("command", ["train", "drift"])
def test_a_command_for_a_station_that_is_not_watched_says_what_there_is(command: str, series: Series) -> None:
    with pytest.raises(CommandError, match=r"There is no station 'nowhere'\. There are: lahore\."):
        call_command(command, "nowhere")
    Station.objects.update(is_active=False)
    with pytest.raises(CommandError, match="lahore is no active station"):
        call_command(command, "lahore")


def test_training_nothing_is_said() -> None:
    said = StringIO()
    with pytest.raises(CommandError, match="Nothing was trained"):
        call_command("train", stderr=said)
    assert "No station is active" in said.getvalue()
    call_command("train", "--missing")
