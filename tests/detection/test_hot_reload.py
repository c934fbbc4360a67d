"""Every web process serves a new champion within a second, and no answer mixes two versions."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from aqi_project.mongodb import mongod
from detection.lifecycle.versions.registry import promote
from detection.models import Series
from tests.detection.trained import KEY, make_series, make_version
from tests.factories import make_lahore, this_hour
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
PROCESSES, CLIENTS = 2, 2  # web processes, and clients of each
START_LIMIT = 60.0  # seconds
WITHIN = 1.0  # second, for every process to follow, plus one answer's time
ANSWER_LIMIT = 10.0
SWITCHES = 6
Answer = tuple[float, float, set[tuple[int, float]]]  # asked at, answered at, {(version, expected value)}


@contextmanager
def web() -> Iterator[int]:
    """The port of a daphne on the test's database."""
    port = mongod.free_port()
    own = {"MONGODB_NAME": str(connection.settings_dict["NAME"]), "PORT": str(port)}
    command = [str(Path(sys.executable).parent / "daphne"), "--bind", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(
        [*command, "--verbosity", "0", "aqi_project.asgi:application"],
        cwd=settings.BASE_DIR, env={**os.environ, **own},
    ) as process:  # fmt: skip
        try:
            wait_until(lambda: ready(port), START_LIMIT)
            yield port
        finally:
            process.kill()


def ready(port: int) -> bool:
    try:
        return bool(ask(port))
    except OSError:
        return False


def ask(port: int) -> set[tuple[int, float]]:
    """What 20 points of one request say: version and expected value of each."""
    at = this_hour().isoformat()
    points = [{"timestamp": at, "sensor_id": KEY, "value": 80 + row} for row in range(20)]
    client = HTTPConnection("127.0.0.1", port, timeout=ANSWER_LIMIT)
    client.request("POST", "/api/v1/predict/batch", json.dumps(points), {"content-type": "application/json"})
    answer = client.getresponse()
    body = json.loads(answer.read())
    assert answer.status == 200, body
    found = body["results"] if isinstance(body, dict) else body
    return {(one["model_version"], one["predicted_value"]) for one in found}


def keep_asking(port: int, answers: list[Answer], problems: list[str], done: threading.Event) -> None:
    while not done.is_set():
        asked = time.monotonic()
        try:
            said = ask(port)
            answers.append((asked, time.monotonic(), said))
        except (OSError, AssertionError) as error:
            problems.append(str(error))


def test_no_answer_fails_or_mixes_versions_and_all_follow_within_a_second(db: None) -> None:
    make_lahore()
    series = make_series(last_number=2)
    for number in (1, 2):
        make_version(series, number, this_hour())
    promote(series, 1, who="system", why="The first version.")
    answers: list[Answer] = []
    problems: list[str] = []
    done = threading.Event()
    switched: list[tuple[float, int]] = []
    with ExitStack() as stack:
        ports = [stack.enter_context(web()) for _ in range(PROCESSES)]
        threads = [
            threading.Thread(target=keep_asking, args=(port, answers, problems, done))
            for port in ports
            for _ in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for turn in range(SWITCHES):
            time.sleep(2 * WITHIN)
            promote(Series.objects.get(key=KEY), 2 - turn % 2, who="ayesha", why="back and forth")
            switched.append((time.monotonic(), 2 - turn % 2))
        time.sleep(2 * WITHIN)
        done.set()
        for thread in threads:
            thread.join()
    assert problems == []
    assert {len(said) for _, _, said in answers} == {1}
    assert {pair for _, _, said in answers for pair in said} == {(1, 100.0), (2, 200.0)}
    assert late(answers, switched) == []


def late(answers: list[Answer], switched: list[tuple[float, int]]) -> list[Answer]:
    """Answers to what was asked WITHIN after a switch that still came from the version before."""
    found = []
    for (moment, number), following in zip(switched, [*(at for at, _ in switched[1:]), float("inf")], strict=True):
        found += [
            (asked, answered, said)
            for asked, answered, said in answers
            if moment + WITHIN <= asked and answered < following - WITHIN / 2 and {one for one, _ in said} != {number}
        ]
    return found
