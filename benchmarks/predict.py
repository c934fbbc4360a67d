"""Rows `predict.*`: verdicts over HTTP and in the process, against what people would pick instead.

Ours is the real daphne on a MongoDB of its own, with the audit trail on and the model that the shipped recording gives.
The peer is benchmarks/peer: FastAPI on uvicorn, a random forest of the same recording, a DataFrame per request. Both
answer the same requests from the same client, in turn. Growth is measured between bands that are made up, of one
series and of a hundred.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import cycle, islice
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from aqi_project.mongodb import mongod
from benchmarks import site
from benchmarks.rows import Row, at_least, at_most

ROUNDS = 5
REQUESTS = 150  # of one round; a batch counts as one
WARM_UP = 20
BATCHES = 30
LARGE = 10_000
LARGE_REQUESTS = 5
CLIENTS = 8
THROUGHPUT_SECONDS = 3.0
MONTH, FIVE_YEARS = 30 * 24, 5 * 365 * 24  # hours stored
MANY_SERIES = 100
GOAL_SINGLE, GOAL_EMPTY, GOAL_BATCH, GOAL_LARGE = 0.2, 1.5, 0.5, 300.0
GOAL_THROUGHPUT, GOAL_IN_PROCESS, GOAL_GROWTH = 3.0, 0.05, 1.2
SETTINGS = {"DJANGO_SETTINGS_MODULE": "benchmarks.project_settings", "API_ANONYMOUS_PER_MINUTE": "1000000000"}
NAME, PEER = "/api/v1/predict", "/predict"


class Place(NamedTuple):
    """Where a request goes."""

    port: int
    path: str


def run() -> list[Row]:
    """All rows; see the module."""
    with site.database() as real, _peer() as peer:
        site.train(real)
        with site.web(real | SETTINGS) as ours:
            rows = [*_http(_port(ours), _port(peer)), _in_process(real)]
    return [*rows, _growth()]


def _port(address: str) -> int:
    return int(urlsplit(address).port or 0)


def _http(ours: int, peer: int) -> list[Row]:
    single, batch, large = [_point()], [_list(100)], [_list(LARGE)]
    mine, theirs = Place(ours, NAME), Place(peer, PEER)
    one = _in_turn(lambda place: _p50(place, single, REQUESTS), mine, theirs)
    empty = _in_turn(lambda place: _p50(place, single, REQUESTS), mine, Place(ours, "/empty"))
    hundred = _in_turn(lambda place: _p50(place, batch, BATCHES), *_batch_places(mine, theirs))
    bulk = median(_p50(Place(ours, f"{NAME}/batch"), large, LARGE_REQUESTS, warm_up=1) for _ in range(ROUNDS))
    rate = _in_turn(lambda place: _rate(place, single[0]), mine, theirs)
    return [
        _quicker("predict.single", one, GOAL_SINGLE),
        _quicker("predict.empty_view", empty, GOAL_EMPTY),
        _quicker("predict.batch100", hundred, GOAL_BATCH),
        at_most("predict.batch10k", bulk, "ms", GOAL_LARGE, digits=3),
        at_least("predict.throughput8", rate[0], "requests/s", GOAL_THROUGHPUT, peer=rate[1], digits=3),
    ]


def _batch_places(*places: Place) -> Iterator[Place]:
    return (Place(place.port, f"{place.path}/batch") for place in places)


def _growth() -> Row:
    """A single verdict with 100 series in turn and five years, against one series and one month."""
    with site.database() as small, site.database() as large:
        site.fill(small, MONTH)
        site.fill(large, FIVE_YEARS, MANY_SERIES)
        with site.web(small | SETTINGS) as few, site.web(large | SETTINGS) as many:
            places = Place(_port(many), NAME), Place(_port(few), NAME)
            hundred = [_point(f"s{number}/pm2_5") for number in range(1, MANY_SERIES)]
            bodies = dict(zip(places, (hundred, [_point()]), strict=True))
            found = _in_turn(lambda place: _p50(place, bodies[place], REQUESTS), *places)
    return _quicker("predict.growth", found, GOAL_GROWTH)


def _in_process(environment: dict[str, str]) -> Row:
    found = site.answer_of("-m", "benchmarks.predict_in_process", environment=environment)
    return _quicker("predict.in_process", found, GOAL_IN_PROCESS)


def _in_turn(measure: Callable[[Place], float], one: Place, other: Place) -> tuple[float, float]:
    """Medians of rounds A B A B."""
    rounds = [(measure(one), measure(other)) for _ in range(ROUNDS)]
    first, second = zip(*rounds, strict=True)
    return median(first), median(second)


def _p50(place: Place, bodies: list[str], requests: int, warm_up: int = WARM_UP) -> float:
    """Milliseconds of a request on a connection that stays open."""
    connection = HTTPConnection("127.0.0.1", place.port)
    given = islice(cycle(bodies), warm_up + requests)
    try:
        return median([_timed(connection, place.path, body) for body in given][warm_up:])
    finally:
        connection.close()


def _timed(connection: HTTPConnection, path: str, body: str) -> float:
    started = time.perf_counter()
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status == 200, content[:300]
    return (time.perf_counter() - started) * 1000


def _rate(place: Place, body: str) -> float:
    """Requests per second of eight clients at once."""
    end = time.perf_counter() + THROUGHPUT_SECONDS
    counts = [0] * CLIENTS

    def client(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", place.port)
        while time.perf_counter() < end:
            _timed(connection, place.path, body)
            counts[number] += 1
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / THROUGHPUT_SECONDS


def _item(number: int = 0, sensor_id: str = "lahore/pm2_5") -> dict[str, Any]:
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=number % 200)
    return {"timestamp": at.isoformat(), "sensor_id": sensor_id, "value": 60.0 + number % 90}


def _point(sensor_id: str = "lahore/pm2_5") -> str:
    return json.dumps(_item(sensor_id=sensor_id))


def _list(length: int) -> str:
    return json.dumps([_item(number) for number in range(length)])


@contextmanager
def _peer() -> Iterator[str]:
    port = str(mongod.free_port())
    command = [sys.executable, "-m", "uvicorn", "benchmarks.peer.app:app", "--port", port, "--log-level", "warning"]
    with subprocess.Popen(command, cwd=site.ROOT, env=dict(os.environ)) as process:
        try:
            site.wait(f"http://127.0.0.1:{port}/openapi.json")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _quicker(name: str, milliseconds: Sequence[float], goal: float) -> Row:
    """Ours and the peer's."""
    ours, peer = milliseconds
    return at_most(name, ours, "ms", goal, peer=peer, digits=3)
