"""Each thing that can be wrong is made wrong, found, and said with the way to mend it."""

import json
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import checks
from django.core.management import call_command
from django.db import connection
from django_q.brokers import get_broker
from django_q.models import Failure, Schedule
from django_q.tasks import async_task

from alerts.models import Delivery
from aqi_project import clock, doctor
from aqi_project.doctor import State, machine, work
from aqi_project.doctor.machine import room
from aqi_project.mongo import collection
from aqi_project.mongodb import required_indexes
from aqi_project.mongodb.mongod import free_port
from aqi_project.queue.broker import MOST_DEATHS, PREFIX
from detection.live import serving
from detection.models import Artifact, Series
from ingestion.models import Reading, Station
from tests import factories as make
from tests.detection.trained import make_version
from tests.project.manage import manage
from tests.servers.smtp import smtp_server

pytestmark = pytest.mark.django_db(transaction=True)
SMTP = "alerts.channels.mail.SmtpBackend"


@pytest.fixture
def installation(transactional_db: None, settings: Any) -> Iterator[None]:
    """Lahore, live, with a model that serves, a scheduler that runs and a mail server that answers."""
    serving.forget()
    call_command("create_indexes")
    make.make_station()
    make.make_readings("lahore", hours=3)
    series = Series.objects.create(key="lahore/pm2_5", station="lahore", variable="pm2_5", last_number=1, champion=1)
    make_version(series, 1, make.this_hour())
    Schedule.objects.create(func="math.sqrt", name="root", schedule_type="I", minutes=1, next_run=clock.now())
    settings.EMAIL_BACKEND = SMTP
    with smtp_server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield
    serving.forget()


def found(*areas: str) -> dict[str, doctor.Finding]:
    """What is not well, by area."""
    return {area: finding for area, finding in doctor.examine() if finding.state != State.WELL and area in areas}


ALL = tuple(area for area in doctor.AREAS if area not in ("settings", "disk", "database"))


def test_a_sound_installation_is_well(installation):
    assert found(*ALL) == {}


def one(area: str, state: State = State.WRONG) -> doctor.Finding:
    """The only thing that is not well."""
    [(there, finding)] = found(*ALL).items()
    assert (there, finding.state) == (area, state)
    assert finding.mend
    return finding


def test_a_missing_index_is_found_and_made(installation):
    connection.database["alerts_delivery"].drop_index("delivery_due")
    finding = one("indexes")
    assert finding.says == "alerts_delivery lacks delivery_due."
    assert "create_indexes" in finding.mend
    call_command("create_indexes")
    assert found("indexes") == {}


def test_the_index_of_the_queue_which_no_model_describes_is_missed_too(installation):
    connection.database[PREFIX + "aqi"].drop_indexes()
    assert "queue_aqi lacks due_at_1." in one("indexes").says
    call_command("create_indexes")
    assert found("indexes") == {}


def test_migrations_make_every_index_that_is_wanted(transactional_db):
    assert required_indexes.missing() == {}


def test_a_migration_that_was_not_applied(installation):
    applied = connection.database["django_migrations"].find_one_and_delete({"app": "alerts"}, sort=[("_id", -1)])
    try:
        assert f"alerts.{applied['name']}" in one("migrations").says
    finally:
        connection.database["django_migrations"].insert_one(applied)


def test_a_clock_that_is_wrong(installation, monkeypatch):
    later = clock.now() + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "apart" in one("clock").says


def test_a_scheduler_that_does_not_run(installation):
    Schedule.objects.update(next_run=clock.now() - timedelta(minutes=20))
    assert "waits for 20 minutes" in one("queue").says


def test_nothing_scheduled(installation):
    Schedule.objects.all().delete()
    assert "manage.py setup" in one("queue").mend


def test_a_queue_that_grows(installation, monkeypatch):
    monkeypatch.setattr(work, "LONG_QUEUE", 2)
    get_broker().purge_queue()
    for station in ("lahore", "multan", "quetta"):
        async_task("detection.tasks.score_station", station)
    assert one("queue", State.NOTICE).says == "3 tasks wait."
    get_broker().purge_queue()


def test_a_task_that_kills_its_process(installation):
    broker = get_broker()
    broker.purge_queue()
    async_task("detection.tasks.score_station", "lahore")
    for _ in range(MOST_DEATHS):
        [(hold, _payload)] = broker.dequeue()
        broker.renew(hold, "here:1")
        broker.bury("here:1")
    killed = "detection.tasks.score_station('lahore') has killed its process 3 times; it is tried once an hour."
    assert one("queue", State.NOTICE).says == killed
    broker.purge_queue()


def test_a_task_that_failed(installation):
    now = clock.now()
    Failure.objects.create(id="1" * 32, name="x", func="alerts.tasks.x", started=now, stopped=now, success=False)
    assert one("queue", State.NOTICE).says == "alerts.tasks.x failed 1 times in the last day."


def test_a_provider_that_refuses(installation):
    Station.objects.update(last_poll_error="OpenWeather refuses the key.\nmore")
    assert one("providers").says == "lahore: OpenWeather refuses the key."


def test_a_station_that_is_silent(installation):
    collection(Reading).delete_many({})
    assert one("providers", State.NOTICE).says == "lahore is silent: nothing new has come."


@pytest.mark.parametrize(
    ("fields", "mend"),
    [
        ({"last_poll_error": "No such place.", "last_poll_failure": "refused"}, "Correct the station in the admin."),
        ({"last_poll_error": "No answer.", "last_poll_failure": "timeout"}, "Check the key of OpenWeather"),
        ({"provider": "file"}, "Import what is newer"),
        ({"provider": "replay"}, "Look whether its worker,"),
        ({"provider": "replay", "provider_ref": "delhi"}, "Go on with manage.py replay delhi,"),
    ],
)
def test_what_is_to_be_done_fits_what_is_wrong(installation, fields, mend):
    collection(Reading).delete_many({})
    Station.objects.update(**fields)
    assert found("providers")["providers"].mend.startswith(mend)


def test_no_station(installation):
    Station.objects.all().delete()
    assert found("providers")["providers"].state == State.WRONG


def test_a_series_without_a_model(installation):
    Series.objects.update(champion=None)
    finding = one("models")
    assert finding.says == "lahore/pm2_5 has no model."
    assert finding.mend == "Run manage.py train lahore."


def test_a_model_that_was_changed(installation):
    Artifact.objects.update(payload=b"something else")
    assert "signature" in one("models").says


def test_a_model_whose_range_ends(installation):
    series = Series.objects.get()
    make_version(series, 2, make.this_hour() - timedelta(days=60))
    Series.objects.update(champion=2, last_number=2)
    assert "range ends on" in one("models").says


def test_a_training_that_failed(installation):
    Series.objects.update(training_error="Too few readings.")
    assert "Too few readings." in one("models", State.NOTICE).says


def test_a_mail_server_that_is_away(installation, settings):
    settings.EMAIL_PORT = free_port()
    assert "refuses" in one("mail").says


def test_no_mail_server(installation, settings):
    settings.EMAIL_BACKEND = "alerts.channels.mail.DevelopmentBackend"
    assert one("mail", State.NOTICE).mend == "Set EMAIL_URL."


@pytest.mark.parametrize(("state", "level"), [("queued", State.WRONG), ("failed", State.NOTICE)])
def test_deliveries_that_do_not_arrive(installation, state, level):
    at = clock.now() - timedelta(hours=1)
    Delivery.objects.create(reference="1", message="m", contact="c", channel="email", state=state, next_attempt_at=at)
    assert one("deliveries", level).says.startswith("1 deliveries")


@pytest.mark.parametrize(("free", "state"), [(1e9, State.WRONG), (3e9, State.WELL)])
def test_a_disk_that_fills(free, state):
    [finding] = room("The disk", total=100e9, free=free)
    assert finding.state == state


def test_an_insecure_production(settings):
    settings.PRODUCTION, settings.DEBUG = True, True
    says = [finding.says for area, finding in doctor.examine() if area == "settings"]
    assert any(line.startswith("aqi_project.E001") for line in says)


def test_a_look_that_breaks_hides_no_other(installation, monkeypatch):
    monkeypatch.setitem(doctor.AREAS, "queue", "math.sqrt")
    assert "could not be looked at: TypeError" in one("queue").says


def run(*words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return manage("doctor", *words, MONGODB_NAME=str(connection.settings_dict["NAME"]), **changes)


@pytest.mark.processes
def test_the_command_speaks_to_people_and_ends_with_0_where_nothing_is_wrong(installation):
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ models     1 series have a model that serves.\n" in done.stdout
    assert "! mail" in done.stdout


@pytest.mark.processes
def test_a_terminal_without_its_signs_gets_the_rest(installation):
    """Such as one of ISO 8859-1; each command had ended at its first sign."""
    done = run(PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "? models     1 series have a model that serves.\n" in done.stdout


@pytest.mark.processes
def test_the_command_speaks_to_programs_and_ends_with_1_where_something_is_wrong(installation):
    done = run(
        "--json", MONGODB_URI=f"mongodb://someone:a-secret@127.0.0.1:{free_port()}/", MONGODB_TIMEOUT_SECONDS="1"
    )
    assert done.returncode == 1, done.stderr
    last = json.loads(done.stdout)[-1]
    assert (last["area"], last["state"]) == ("database", "wrong")
    assert "MONGODB_URI" in last["mend"]
    assert "a-secret" not in done.stdout


@pytest.mark.parametrize(
    ("level", "state"), [(checks.Warning, State.NOTICE), (checks.Error, State.WRONG), (checks.Critical, State.WRONG)]
)
def test_what_a_check_calls_serious_is_wrong(monkeypatch, level, state):
    monkeypatch.setattr(machine, "run_checks", lambda: [level("It is.", id="x.E1")])
    assert next(machine.settings_are_sound()).state == state
