"""The system checks: what they refuse, under which id, and that they say how to mend it."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.test import override_settings
from pymongo import MongoClient

from aqi_project.checks import database_is_fit, production_is_secure, queue_is_sane, refuse_insecure_production
from aqi_project.errors import ConfigurationError
from aqi_project.mongodb import mongod
from aqi_project.mongodb.server import RIGHTS, has_change_streams
from tests.project.manage import manage

SECURE = {
    "PRODUCTION": True,
    "DEBUG": False,
    "SECRET_KEY": "0123456789" * 5,
    "SECRET_KEY_IS_SET": True,
    "ALLOWED_HOSTS": ["air.example.org"],
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SITE_URL": "https://air.example.org",
}


def test_development_has_nothing_to_complain_about():
    assert run_checks() == []


def test_a_secure_production_has_nothing_to_complain_about():
    with override_settings(**SECURE):
        assert production_is_secure(None) == []


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"DEBUG": True}, 1),
        ({"SECRET_KEY": "too-short"}, 2),
        ({"SECRET_KEY_IS_SET": False}, 2),
        ({"ALLOWED_HOSTS": ["air.example.org", "*"]}, 3),
        ({"SESSION_COOKIE_SECURE": False}, 4),
        ({"CSRF_COOKIE_SECURE": False}, 4),
        ({"SITE_URL": "http://air.example.org"}, 5),
        ({"ALLOWED_HOSTS": ["localhost", "127.0.0.1"]}, 6),
    ],
)
def test_production_refuses_what_is_insecure(change, number):
    with override_settings(**{**SECURE, **change}):
        [finding] = production_is_secure(None)
        with pytest.raises(ConfigurationError):
            refuse_insecure_production()
    assert finding.id == f"aqi_project.E{number:03}"
    assert finding.hint


@pytest.mark.parametrize(
    ("site", "hosts"),
    [
        ("https://air.example.org:8443", ["air.example.org"]),
        ("https://air.example.org", [".example.org"]),
        ("https://[::1]:8443", ["[::1]"]),
    ],
)
def test_the_name_of_the_site_may_be_allowed_as_part_of_a_domain_and_without_its_port(site, hosts):
    with override_settings(**{**SECURE, "SITE_URL": site, "ALLOWED_HOSTS": hosts}):
        assert production_is_secure(None) == []


INSECURE = {"PRODUCTION": "true", "SECRET_KEY": "short"}


@pytest.mark.processes
def test_the_worker_does_not_start_insecurely():
    done = manage("qcluster", **INSECURE)
    assert done.returncode == 1
    assert "aqi_project.E002" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.processes
def test_the_web_server_does_not_start_insecurely():
    command = [sys.executable, "-c", "import aqi_project.asgi"]
    environment = {**os.environ, **INSECURE}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("Cannot start: SECRET_KEY is unset or short.")


def test_a_task_is_not_handed_out_while_it_may_still_run():
    with override_settings(Q_CLUSTER={**settings.Q_CLUSTER, "retry": settings.Q_CLUSTER["timeout"]}):
        assert [finding.id for finding in queue_is_sane(None)] == ["aqi_project.E020"]


def test_a_failing_task_is_not_repeated_for_ever():
    with override_settings(Q_CLUSTER={**settings.Q_CLUSTER, "max_attempts": 0}):
        assert [finding.id for finding in queue_is_sane(None)] == ["aqi_project.E021"]


@pytest.mark.django_db
def test_the_embedded_database_is_fit():
    assert database_is_fit(None, databases=["default"]) == []


@pytest.mark.parametrize(("version", "old"), [("5.0.31", True), ("6.0.5", False), ("8.0.1", False), ("10.1.0", False)])
def test_mongodb_6_and_newer_will_do(version, old):
    assert mongod.is_too_old(version) is old


def test_a_router_of_a_sharded_cluster_will_do():
    assert has_change_streams({"isWritablePrimary": True, "msg": "isdbgrid"})


@pytest.fixture
def single_server(tmp_path: Path) -> Iterator[str]:
    """A MongoDB that is no replica set."""
    yield from server(tmp_path)


@pytest.fixture(scope="module")
def locked_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A MongoDB that wants a name and a password."""
    yield from server(tmp_path_factory.mktemp("locked"), "--auth")


def server(folder: Path, *options: str) -> Iterator[str]:
    port = mongod.free_port()
    command = [mongod.find_binary(), "--dbpath", str(folder), "--bind_ip", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen([*command, "--nounixsocket", *options], stdout=subprocess.DEVNULL)
    uri = f"mongodb://127.0.0.1:{port}/"
    with MongoClient(uri, serverSelectionTimeoutMS=20_000) as client:
        client.admin.command("ping")
    yield uri
    mongod.stop(process)


@pytest.mark.processes
def test_a_server_without_change_streams_is_refused(single_server):
    done = manage("setup", MONGODB_URI=single_server)
    assert done.returncode == 1
    assert "aqi_project.E011" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.processes
@pytest.mark.parametrize("command", ["models", "restore"])
def test_a_database_that_refuses_the_account_is_told_in_one_sentence(locked_server, tmp_path, command):
    with zipfile.ZipFile(tmp_path / "backup.zip", "w") as archive:
        archive.writestr("manifest.json", '{"format": 1, "collections": {}, "made_at": "", "migrations": []}')
    words = [command, str(tmp_path / "backup.zip")] if command == "restore" else [command]
    done = manage(*words, MONGODB_URI=locked_server, MONGODB_NAME="air")
    assert done.returncode == 1
    assert done.stderr == f"The database refuses: not authorized on air. {RIGHTS}\n"


@pytest.mark.processes
@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "The database does not answer: not authorized on air."),
        ("mongodb://me:p@ss:a-secret@localhost/", "MONGODB_URI is malformed."),
        ("mongodb://localhost:99999/", "MONGODB_URI is malformed."),
    ],
)
def test_the_doctor_ends_at_a_database_that_cannot_be_used_and_says_why(locked_server, address, says):
    done = manage("doctor", "--json", MONGODB_URI=address or locked_server, MONGODB_NAME="air")
    last = json.loads(done.stdout)[-1]
    assert (done.returncode, last["area"], last["says"].startswith(says)) == (1, "database", True), last
    assert "a-secret" not in done.stdout


@pytest.mark.parametrize("command", [["models"], ["train", "lahore"]])
def test_a_command_without_a_database_says_what_starts_one(command):
    nowhere = {"MONGODB_URI": f"mongodb://127.0.0.1:{mongod.free_port()}/", "MONGODB_TIMEOUT_SECONDS": "1"}
    done = manage(*command, **nowhere)
    assert done.returncode == 1
    assert "make run starts the embedded one" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_while_a_command_is_still_loading_ends_it_without_a_traceback(tmp_path):
    (tmp_path / "django").mkdir()
    (tmp_path / "django" / "__init__.py").write_text("raise KeyboardInterrupt")
    done = manage("models", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_who_has_seen_enough_ends_a_command_without_a_traceback(monkeypatch, unbuffered):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        command = [sys.executable, "manage.py", "help"]
        done = subprocess.run(command, cwd=settings.BASE_DIR, stdout=closed, stderr=subprocess.PIPE, timeout=60)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_under_the_output_is_said_in_a_sentence(monkeypatch, unbuffered):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "manage.py", "help"]
        done = subprocess.run(command, cwd=settings.BASE_DIR, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert (done.returncode, done.stderr) == (1, b"The output cannot be written: No space left on device.\n")
