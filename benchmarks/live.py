"""Row `live.latency`: from the insert of a reading in MongoDB to the message in a browser's socket."""

import json
import time
from statistics import quantiles
from typing import Any

from websockets.sync.client import connect

from benchmarks import site
from benchmarks.rows import Row, at_most

HISTORY = 30 * 24  # hours stored
INSERTS = 60
WARM_UP = 5
BETWEEN = 0.25  # seconds, longer than a burst is collected
GOAL_MS = 50.0


def run() -> list[Row]:
    """Milliseconds at the 95th percentile, one client, a real daphne."""
    with site.database() as environment:
        site.fill(environment, HISTORY)
        with site.web(environment) as address, site.readings(environment) as readings:
            took = _latencies(address.removeprefix("http://"), readings)
    return [at_most("live.latency", quantiles(took, n=20)[-1], "ms p95", GOAL_MS, digits=1)]


def _latencies(host: str, readings: Any) -> list[float]:
    newest = readings.find_one({"station": "lahore"}, sort=[("at", -1)])
    with connect(f"ws://{host}/ws/stations/lahore/", origin=f"http://{host}") as socket:
        return [_latency(socket, readings, newest, turn) for turn in range(WARM_UP + INSERTS)][WARM_UP:]


def _latency(socket: Any, readings: Any, newest: dict[str, Any], turn: int) -> float:
    """Each turn writes an index that no other turn writes, and waits for just that one."""
    time.sleep(BETWEEN)
    wanted = 100 + turn
    readings.delete_one({"_id": newest["_id"]})
    started = time.perf_counter()
    readings.insert_one({**newest, "aqi": wanted})
    while json.loads(socket.recv(timeout=10)).get("number") != str(wanted):
        pass
    return (time.perf_counter() - started) * 1000
