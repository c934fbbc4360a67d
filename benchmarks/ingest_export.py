"""Row `ingest.export`: milliseconds to the first byte of a year of hourly CSV; memory of the web process is checked."""

import time
from http.client import HTTPConnection
from statistics import median
from urllib.parse import urlsplit

from benchmarks import site
from benchmarks.rows import Row, at_most

YEAR = 365 * 24  # hours
ROUNDS = 5
GOAL_MS = 100.0
GOAL_GROWTH_MB = 20.0
PATH = "/api/v1/stations/lahore/readings?format=csv"


def run() -> list[Row]:
    """Two rows: `ingest.export` and, beside it, how much memory the exports took."""
    with site.database() as database:
        site.fill(database, YEAR)
        with site.web(database) as address:
            port = int(urlsplit(address).port or 0)
            _export(port)  # the first loads what every later one uses
            before = site.memory_of(port)
            milliseconds = median(_export(port) for _ in range(ROUNDS))
            growth = (site.memory_of(port) - before) / 1_000_000
    return [
        at_most("ingest.export", milliseconds, "ms", GOAL_MS, digits=1),
        at_most("ingest.export.memory", growth, "MB", GOAL_GROWTH_MB, digits=1),
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
