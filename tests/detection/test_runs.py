"""Trainings in processes of their own, which fail, take too long, or are killed."""

import json
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from io import StringIO
from typing import Any

import psutil
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError

from aqi_project import clock
from aqi_project.mongo import collection
from detection.lifecycle.gate import assessment
from detection.lifecycle.training import outcomes, runs
from detection.models import ModelVersion, Promotion, Reason, Series, TrainingRun
from detection.timeseries.grid import NotEnoughDataError
from detection.versions.compatibility import FORECASTS, FORMAT, made_with
from detection.versions.registry import promote
from ingestion.models import Reading, Station
from tests.detection.frames import air
from tests.detection.trained import KEY, asked, make_series, make_version
from tests.factories import reading_document, this_hour
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
DETECTORS = ["prophet_band", "flatline", "out_of_range"]  # quick to fit
LIMIT = 60.0  # seconds, on a busy machine


@pytest.fixture
def series(lahore: Station) -> Series:
    """Twenty-five days of readings, and a champion."""
    fill(lahore, days=25)
    made = make_series(detectors=DETECTORS, last_number=1)
    make_version(made, 1, this_hour() - timedelta(days=10))
    promote(made, 1, who="system", why="The first version.")
    return made


def fill(station: Station, days: int) -> None:
    frame = air(days, columns=("pm2_5", "pm10"))
    shift = this_hour() - frame.index[-1]
    collection(Reading).insert_many(
        [reading_document(station.slug, at + shift, values=row.to_dict()) for at, row in frame.iterrows()]
    )


def test_the_command_trains_all_series_beside_each_other_and_the_first_versions_serve(lahore: Station) -> None:
    fill(lahore, days=25)
    for key in (KEY, "lahore/pm10"):
        make_series(key, detectors=DETECTORS)
    out = StringIO()
    call_command("train", "lahore", "--workers", "2", "--json", stdout=out)
    rows = json.loads(out.getvalue())
    assert [(row["series"], row["state"], row["version"], row["serves"]) for row in rows] == [
        ("lahore/pm10", "done", 1, True), (KEY, "done", 1, True),
    ]  # fmt: skip
    version = ModelVersion.objects.get(series=KEY)
    assert version.metrics["error_challenger"] < version.metrics["error_persistence"]
    assert "nothing to beat" in rows[0]["outcome"]


@pytest.mark.parametrize(("options", "ends"), [([], pytest.raises(CommandError)), (["--missing"], nullcontext())])
def test_a_training_that_fails_ends_the_command_and_no_start(series: Series, options: list[str], ends: Any) -> None:
    make_series("lahore/pm10")
    Series.objects.update(detectors=["flatline"], champion=None)
    out, err = StringIO(), StringIO()
    with ends:
        call_command("train", "lahore", "--json", *options, stdout=out, stderr=err)
    assert [row["state"] for row in json.loads(out.getvalue())] == ["failed", "failed"]
    assert f"{KEY}: The detectors must include prophet_band" in err.getvalue()


def champion() -> int | None:
    return Series.objects.get(key=KEY).champion


def test_of_many_who_ask_at_once_one_adds_the_run_and_all_are_answered_it(series: Series) -> None:
    with ThreadPoolExecutor(8) as pool:
        runs_asked = list(pool.map(lambda who: runs.ask(series, Reason.MANUAL, "", who=str(who)), range(8)))
    assert sum(is_new for _, is_new in runs_asked) == 1
    assert {run.pk for run, _ in runs_asked} == {TrainingRun.objects.get().pk}


def test_who_asks_in_the_instant_in_which_what_waited_begins_asks_anew(
    series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, tries = TrainingRun.objects.get_or_create, []

    def begins_meanwhile(**given: Any) -> Any:
        tries.append(given)
        if len(tries) == 1:
            raise IntegrityError("one_run_waits")
        return usual(**given)

    monkeypatch.setattr(TrainingRun.objects, "get_or_create", begins_meanwhile)
    run, is_new = runs.ask(series, Reason.MANUAL, "", who="ayesha")
    assert (run.state, is_new, len(tries)) == (TrainingRun.State.QUEUED, True, 2)


def test_the_command_leaves_alone_what_a_worker_is_training(series: Series) -> None:
    held = runs.claim(series.key)
    assert held
    running = runs.ask(series, Reason.MANUAL, "", who="ayesha")[0]
    TrainingRun.objects.update(state=TrainingRun.State.RUNNING, attempts=1)
    out, err = StringIO(), StringIO()
    call_command("train", "lahore", "--json", stdout=out, stderr=err)
    running.refresh_from_db()
    assert running.state == TrainingRun.State.RUNNING
    assert {row["series"]: row["state"] for row in json.loads(out.getvalue())}[KEY] == TrainingRun.State.QUEUED
    assert f"{KEY}: A worker is training it already" in err.getvalue()
    held.release()


def test_a_run_writes_a_version_says_what_became_of_it_and_is_not_repeated_on_the_same_data(series: Series) -> None:
    run = asked(series)
    assert runs.execute(str(run.pk))
    run.refresh_from_db()
    assert (run.state, run.version, run.traceback) == (TrainingRun.State.DONE, 2, "")
    version = ModelVersion.objects.get(series=KEY, number=2)
    assert {"error_challenger", "error_persistence", "error_seasonal_naive", "coverage"} <= set(version.metrics)
    assert run.outcome == version.metrics["gate"]["sentence"] or not run.promoted
    assert Series.objects.get(key=KEY).training_claimed_until is None
    promote_newest()
    again = asked(series)
    runs.execute(str(again.pk))
    again.refresh_from_db()
    assert (again.state, again.version) == (TrainingRun.State.UNCHANGED, 2)
    assert "nothing was trained" in again.outcome
    assert ModelVersion.objects.count() == 2


def promote_newest() -> None:
    found = Series.objects.get(key=KEY)
    if found.champion != found.last_number:
        promote(found, found.last_number, who="ayesha", why="for the test")


@pytest.mark.parametrize(("days_ago", "passed"), [(10, False), (70, True)])
def test_what_cannot_be_judged_serves_only_where_the_champion_no_longer_can(days_ago: int, passed: bool) -> None:
    """As after an outage of months. A stored range reaches 60 days."""
    error = NotEnoughDataError("too few days")
    decision = assessment._unjudged(error, this_hour() - timedelta(days=days_ago), this_hour())
    assert decision.passed is passed
    assert "could not be judged" in decision.sentence


@pytest.mark.parametrize(("shadow_days", "changed"), [(0, FORMAT), (3, FORECASTS)])
def test_after_an_upgrade_the_new_version_serves_whatever_the_old_one_was_worth(
    series: Series, shadow_days: int, changed: str
) -> None:
    """At once, too: it cannot watch beside a champion that nobody can open."""
    Series.objects.filter(key=KEY).update(shadow_days=shadow_days)
    collection(ModelVersion).update_many({}, {"$set": {"libraries": made_with() | {changed: "0"}}})
    run = asked(series, reason=Reason.UPGRADE)
    runs.execute(str(run.pk))
    run.refresh_from_db()
    assert run.promoted, run.outcome
    assert "What served cannot be opened" in run.outcome
    assert champion() == 2


def test_too_little_data_is_a_sentence_and_the_champion_stays(lahore: Station) -> None:
    fill(lahore, days=1)
    made = make_series(detectors=DETECTORS, champion=1)
    run = asked(made)
    runs.execute(str(run.pk))
    run.refresh_from_db()
    assert run.state == TrainingRun.State.FAILED
    assert "pm2_5" in run.outcome
    assert (champion(), Series.objects.get(key=KEY).training_error) == (1, run.outcome)


def test_a_training_that_takes_too_long_is_ended(series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "RENEW", timedelta(seconds=0.1))
    run = asked(series)
    runs.execute(str(run.pk), limit=timedelta(seconds=0.3))
    run.refresh_from_db()
    assert (run.state, champion()) == (TrainingRun.State.FAILED, 1)
    assert "longer than" in run.outcome


@pytest.mark.parametrize("run", ["abc", "0123456789abcdef01234567"])
def test_a_run_that_is_not_there_is_refused_in_a_sentence(run: str) -> None:
    with pytest.raises(CommandError, match="There is no open training run"):
        call_command("train_one", run)


def test_two_trainings_of_a_series_do_not_run_at_once(series: Series) -> None:
    claim = runs.claim(KEY)
    assert claim
    assert not runs.execute(str(asked(series).pk))
    claim.release()
    assert runs.claim(KEY)


def test_a_worker_that_slept_too_long_leaves_the_next_one_its_claim(
    series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(runs, "CLAIM", timedelta(seconds=0.1))
        slept = runs.claim(KEY)
    time.sleep(0.2)
    taken = runs.claim(KEY)
    assert slept
    assert taken
    assert not slept.renew()
    slept.release()
    assert runs.claim(KEY) is None
    assert taken.renew()


def test_a_training_whose_claim_is_anothers_ends_and_leaves_the_run_to_it(
    series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "RENEW", timedelta(seconds=0.1))
    run, others = asked(series), clock.now() + timedelta(seconds=40)
    thread = threading.Thread(target=runs.execute, args=[str(run.pk)])
    thread.start()
    wait_until(lambda: training_process() is not None, LIMIT)
    Series.objects.filter(key=KEY).update(training_claimed_until=others)
    thread.join(LIMIT)
    assert training_process() is None
    run.refresh_from_db()
    assert run.state == TrainingRun.State.RUNNING
    assert abs(Series.objects.get(key=KEY).training_claimed_until - others) < timedelta(milliseconds=1)


def test_a_killed_training_is_written_down_and_the_next_one_runs(series: Series) -> None:
    run = asked(series)
    thread = threading.Thread(target=runs.execute, args=[str(run.pk)])
    thread.start()
    wait_until(lambda: training_process() is not None, LIMIT)
    time.sleep(0.5)
    process = training_process()
    assert process is not None
    process.send_signal(signal.SIGKILL)
    thread.join(LIMIT)
    run.refresh_from_db()
    assert (run.state, champion()) == (TrainingRun.State.FAILED, 1)
    assert "killed" in run.outcome
    again = asked(series)
    assert runs.execute(str(again.pk))
    again.refresh_from_db()
    assert again.state == TrainingRun.State.DONE


@pytest.mark.parametrize("before", ["settle", "_finish"])
def test_a_training_that_died_after_its_version_was_made_is_finished_and_not_repeated(
    lahore: Station, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    fill(lahore, days=25)
    run = asked(make_series(detectors=DETECTORS))
    with monkeypatch.context() as patch:
        patch.setattr(outcomes, before, lambda *_: sys.exit())
        with pytest.raises(SystemExit):
            outcomes.carry_out(run)
    ended = outcomes.carry_out(TrainingRun.objects.get(pk=run.pk))
    assert (ended.state, ended.version, ended.promoted) == (TrainingRun.State.DONE, 1, True)
    assert "nothing to beat" in ended.outcome
    assert champion() == 1
    assert (ModelVersion.objects.count(), Promotion.objects.count()) == (1, 1)


def training_process() -> psutil.Process | None:
    children = psutil.Process().children(recursive=True)
    return next((found for found in children if "train_one" in found.cmdline()), None)


def test_a_run_whose_worker_died_is_taken_up_and_given_up_after_two(series: Series) -> None:
    run = asked(series)
    TrainingRun.objects.filter(pk=run.pk).update(state=TrainingRun.State.RUNNING, attempts=1)
    Series.objects.filter(key=KEY).update(training_claimed_until=clock.now() + timedelta(seconds=30))
    assert runs.pick_up() == 0
    Series.objects.filter(key=KEY).update(training_claimed_until=clock.now() - timedelta(seconds=1))
    assert runs.pick_up() == 1
    TrainingRun.objects.filter(pk=run.pk).update(attempts=2)
    assert runs.pick_up() == 0
    run.refresh_from_db()
    assert (run.state, run.outcome) == (TrainingRun.State.FAILED, "Its process died 2 times.")


def test_a_run_whose_series_is_gone_ends(series: Series) -> None:
    run = asked(series)
    TrainingRun.objects.filter(pk=run.pk).update(requested_at=clock.now() - timedelta(minutes=5))
    Series.objects.all().delete()
    assert not runs.execute(str(run.pk))
    assert runs.pick_up() == 0
    run.refresh_from_db()
    assert (run.state, run.outcome) == (TrainingRun.State.FAILED, f"There is no series {KEY} any more.")


def test_a_run_of_a_clock_that_was_ahead_is_taken_up_when_it_is_set_back(series: Series) -> None:
    run, ahead = asked(series), clock.now() + timedelta(hours=2)
    TrainingRun.objects.filter(pk=run.pk).update(requested_at=ahead)
    assert runs.pick_up() == 1
    TrainingRun.objects.filter(pk=run.pk).update(state=TrainingRun.State.RUNNING, attempts=1)
    Series.objects.filter(key=KEY).update(training_claimed_until=ahead)
    assert runs.pick_up() == 1
