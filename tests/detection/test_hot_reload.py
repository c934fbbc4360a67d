"""Every web process serves a new champion within a second, and no answer mixes two versions."""

import json
import threading
import time
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest

from detection.models import Series
from detection.versions.registry import promote
from tests.detection.trained import KEY, make_series, make_version
from tests.factories import make_lahore, this_hour
from tests.servers.web import daphne

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
PROCESSES, CLIENTS = 2, 2  # web processes, and clients of each
WITHIN = 1.0  # second, for every process to follow, plus one answer's time
ANSWER_LIMIT = 10.0
SWITCHES = 6
Answer = tuple[float, float, set[tuple[int, float]]]  # asked at, answered at, {(version, expected value)}


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
        ports = [stack.enter_context(daphne()).port for _ in range(PROCESSES)]
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
