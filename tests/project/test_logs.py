"""Log lines as the real web process and the real worker write them."""

import json
import logging
import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client

from aqi_project import logs
from tests.project.system import ROOT

SECRETS = {
    "SECRET_KEY": "a-secret-of-the-site-that-is-long-enough-for-production-0123",
    "OPENWEATHER_API_KEY": "0123456789abcdef-provider",
    "EMAIL_URL": "smtp://me:mail-password@127.0.0.1:1",
}
PRODUCTION = {
    **SECRETS,
    "PRODUCTION": "true",
    "SITE_URL": "https://air.example.org",
    "ALLOWED_HOSTS": "air.example.org",
}
PROGRAM = """
import django, logging, sys
django.setup()
from django.conf import settings
from django.test import Client
from django_q.tasks import async_task
try:
    raise OSError(f"refused: {settings.EMAIL_HOST_PASSWORD}")
except OSError:
    logging.getLogger("detection.live.scoring").exception("The key %s is not taken", settings.OPENWEATHER_API_KEY)
headers = {"x-forwarded-proto": "https", "x-request-id": "from-the-proxy-1"}
there = Client(SERVER_NAME="air.example.org", headers=headers)
there.get("/subscribe/confirm/a-token-that-lets-people-in")
from aqi_project.logs import begin_task, end_task
task = {"id": "7" * 32, "func": "alerts.tasks.send"}
begin_task(task=task)
logging.getLogger("alerts").warning("inside %s", settings.SECRET_KEY)
end_task(task={**task, "success": False})
"""


def lines(**changes: str) -> list[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "aqi_project.settings", **changes}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    for secret in ("mail-password", SECRETS["SECRET_KEY"], SECRETS["OPENWEATHER_API_KEY"], "a-token-that-lets"):
        assert secret not in done.stderr + done.stdout
    return done.stderr.splitlines()


def test_the_key_of_a_provider_that_comes_later_is_hidden_as_well(settings) -> None:
    settings.ANOTHER_API_KEY = "0123456789abcdef-another"
    assert settings.ANOTHER_API_KEY in logs.secrets()


@pytest.mark.processes
def test_production_writes_one_json_object_an_event() -> None:
    broken, request, inside, failed = map(json.loads, lines(**PRODUCTION, PROXIES="1"))
    assert (broken["level"], broken["logger"], broken["message"]) == (
        "error", "detection.live.scoring", "The key [hidden] is not taken",
    )  # fmt: skip
    assert "refused: [hidden]" in broken["exception"]
    assert (request["route"], request["method"]) == ("subscribe/confirm/<str:token>", "GET")
    assert request["request"] == "from-the-proxy-1"
    assert request["milliseconds"] > 0
    assert inside["task"] == failed["task"] == "7" * 32
    assert (failed["function"], failed["success"]) == ("alerts.tasks.send", False)
    assert 0 <= failed["seconds"] < 10


@pytest.mark.processes
def test_development_writes_lines_for_people() -> None:
    first, *_, inside = lines(**SECRETS)
    assert first.endswith("ERROR detection.live.scoring: The key [hidden] is not taken")
    assert inside.endswith(f"WARNING alerts: inside [hidden]  [task={'7' * 32}]")


def test_an_id_from_outside_counts_behind_a_proxy_alone(client: Client, settings: Any) -> None:
    given = {"headers": {"x-request-id": "from-somebody"}}
    assert client.get("/health/live", **given).headers[logs.HEADER] != "from-somebody"
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    assert client.get("/health/live", **given).headers[logs.HEADER] == "from-somebody"


def test_an_id_that_could_break_a_line_is_not_taken(client: Client, settings: Any) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    given = client.get("/health/live", headers={"x-request-id": 'x" level="error'}).headers[logs.HEADER]
    assert logs.SOUND_ID.fullmatch(given)


def test_who_asks_for_a_foreign_site_leaves_no_traceback(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert client.get("/health/live", headers={"host": "elsewhere.example.com"}).status_code == 400
    assert [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR] == []


def test_one_event_is_one_line_whatever_it_says() -> None:
    record = logging.LogRecord("a", logging.INFO, "", 0, "two\nlines", None, None)
    assert "\n" not in logs.JsonLines().format(record)


@pytest.mark.parametrize(
    "text",
    [
        "mongodb://aqi:SECRET@mongo/", "GET /data?lat=1&appid=SECRET&x=1", "Authorization: Bearer SECRET",
        "key aqi_01234567_SECRET of a push", "smtp+tls://me%40x.org:SECRET@mail.example.org:587",
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    hidden = logs.without_secrets(text, [])
    assert "SECRET" not in hidden
    assert logs.HIDDEN in hidden
