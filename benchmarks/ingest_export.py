"""Row `ingest.export`: milliseconds to the first byte of a year of hourly CSV; memory of the web process is checked."""

import time
from http.client import HTTPConnection
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import psutil

from benchmarks import site

YEAR = 365 * 24  # hours
ROUNDS = 5
GOAL_MS = 100.0
GOAL_GROWTH_MB = 20.0
PATH = "/api/v1/stations/lahore/readings?format=csv"


def run() -> list[dict[str, Any]]:
    """Two rows: `ingest.export` and, beside it, how much memory the exports took."""
    with site.database() as database:
        site.fill(database, YEAR)
        with site.web(database) as address:
            port = int(urlsplit(address).port or 0)
            _export(port)  # the first loads what every later one uses
            before = _megabytes(port)
            milliseconds = median(_export(port) for _ in range(ROUNDS))
            growth = _megabytes(port) - before
    return [
        _row("ingest.export", milliseconds, "ms", GOAL_MS),
        _row("ingest.export.memory", growth, "MB", GOAL_GROWTH_MB),
    ]


def _export(port: int) -> float:
    """Milliseconds to the first byte of the file; the rest is read too."""
    connection = HTTPConnection("127.0.0.1", port)
    started = time.perf_counter()
    connection.request("GET", PATH)
    answer = connection.getresponse()
    answer.read(1)
    first = (time.perf_counter() - started) * 1000
    lines = sum(part.count(b"\n") for part in iter(lambda: answer.read(65_536), b""))
    connection.close()
    assert lines > YEAR, lines
    return first


def _megabytes(port: int) -> float:
    """Resident memory of the process that listens there."""
    listening = (found.pid for found in psutil.net_connections("tcp") if found.laddr.port == port and found.pid)
    return float(psutil.Process(next(listening)).memory_info().rss) / 1_000_000


def _row(name: str, ours: float, unit: str, goal: float) -> dict[str, Any]:
    figures = {"ours": round(ours, 1), "peer": None, "ratio": None}
    return {"name": name, **figures, "unit": unit, "goal": f"≤ {goal:g}", "met": ours <= goal}
