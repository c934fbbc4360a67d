"""What ends the process of a training, beside its own end."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from django.conf import settings
from django.core.management import call_command
from pymongo.errors import AutoReconnect, ServerSelectionTimeoutError

from detection.lifecycle.training import forked, outcomes, runs
from detection.lifecycle.training.process import AGAIN
from detection.management.commands import train
from detection.models import TrainingRun
from tests.detection.trained import asked, make_series
from tests.factories import make_lahore, make_readings
from tests.processes import environment
from tests.waiting import wait_until

pytestmark = pytest.mark.processes
LIMIT = 60.0  # seconds, on a busy machine
STARTING = """
import django; django.setup()
import time
from tests.detection import test_training_process
test_training_process.forked.context().Process(target=test_training_process.train_for_ever).start()
time.sleep(600)
"""


def train_for_ever() -> None:
    forked.die_with_starter()
    print(os.getpid(), flush=True)
    time.sleep(600)


def test_a_training_ends_with_a_command_that_is_killed() -> None:
    """Nobody would renew its claim, so that another training of the series could begin beside it."""
    command = [sys.executable, "-c", STARTING]
    own = os.environ | {"DJANGO_SETTINGS_MODULE": "aqi_project.settings"}
    with subprocess.Popen(command, cwd=settings.BASE_DIR, env=own, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        training = psutil.Process(int(starter.stdout.readline()))
        server = training.parent()
        starter.kill()
    assert server is not None
    try:
        wait_until(lambda: not training.is_running() and not server.is_running(), LIMIT)
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            training.kill()


def test_a_training_that_is_interrupted_ends_without_a_word() -> None:
    """Ctrl-C reaches the whole group; each training of `manage.py train` wrote the lines where it had been."""
    own = os.environ | {"DJANGO_SETTINGS_MODULE": "aqi_project.settings"}
    given = {"cwd": settings.BASE_DIR, "env": own, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", STARTING], **given) as starter:
        assert starter.stdout is not None
        assert starter.stderr is not None
        training = psutil.Process(int(starter.stdout.readline()))
        training.send_signal(signal.SIGINT)
        wait_until(lambda: not training.is_running() or training.status() == psutil.STATUS_ZOMBIE, LIMIT)
        starter.kill()
        assert starter.stderr.read() == ""


@pytest.mark.django_db
def test_what_waits_when_the_command_is_interrupted_is_not_trained_behind_the_operators_back() -> None:
    make_readings(make_lahore().slug, hours=400, values=dict.fromkeys(("co", "no2", "o3", "pm2_5"), 80.0))
    theirs = runs.ask(make_series("lahore/o3"), "manual", "New filter.", who="ayesha")[0]
    command = [sys.executable, "manage.py", "train", "lahore", "--workers", "1"]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment(), start_new_session=True) as training:
        wait_until(lambda: TrainingRun.objects.filter(state=TrainingRun.State.RUNNING).exists(), LIMIT)
        os.killpg(training.pid, signal.SIGINT)
    assert training.returncode == 130
    left = TrainingRun.objects.filter(state__in=TrainingRun.OPEN)
    assert [run.pk for run in left] == [theirs.pk], "what somebody else has asked for is theirs"


class Patient:
    """A trainer that would go on for ever, and notes its end."""

    killed = False

    def __init__(self, run: str) -> None: ...

    def ended(self, seconds: float) -> int | None:
        return -9 if Patient.killed else None

    def kill(self) -> None:
        Patient.killed = True

    def last_words(self) -> str:
        return ""


@pytest.mark.django_db
def test_where_the_claim_cannot_be_renewed_the_training_ends_before_another_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in an outage of the database: the worker gives the run up, and it is taken up again elsewhere."""

    def gone() -> None:
        raise ServerSelectionTimeoutError("no server")

    run = asked(make_series())
    monkeypatch.setattr(Patient, "killed", False)
    monkeypatch.setattr(runs.Claim, "renew", lambda claim: gone())
    with pytest.raises(ServerSelectionTimeoutError):
        runs.execute(str(run.pk), trainer=Patient)
    assert Patient.killed


def nowhere(*args: object) -> None:
    raise AutoReconnect("the primary stepped down")


@pytest.mark.django_db
def test_a_training_whose_database_goes_away_has_not_failed_and_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run = asked(make_series())
    monkeypatch.setattr(outcomes, "train", nowhere)
    with pytest.raises(SystemExit) as ended:
        call_command("train_one", str(run.pk))
    monkeypatch.setattr(Patient, "ended", lambda *_: ended.value.code)
    assert runs.execute(str(run.pk), trainer=Patient)
    run.refresh_from_db()
    assert (run.state, run.outcome) == (TrainingRun.State.RUNNING, "")
    assert runs.pick_up() == 1


@pytest.mark.django_db
def test_the_command_does_not_say_of_it_that_a_worker_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    run = asked(make_series())
    monkeypatch.setattr(Patient, "ended", lambda *_: AGAIN)
    monkeypatch.setattr(train, "Forked", Patient)
    found = train.row(train._trained(run))
    assert found["state"] == TrainingRun.State.RUNNING
    assert train._not_done(found) == "The database went away meanwhile. A worker trains it anew within two minutes."


@pytest.mark.django_db
def test_a_training_that_is_wrong_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*args: object) -> None:
        raise ZeroDivisionError

    run = asked(make_series())
    monkeypatch.setattr(outcomes, "train", wrong)
    call_command("train_one", str(run.pk))
    run.refresh_from_db()
    assert run.state == TrainingRun.State.FAILED
    assert "ZeroDivisionError" in run.outcome
