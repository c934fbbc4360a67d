"""Rows `page.bytes`, `page.server_ms`, `page.alone_ms`, `page.growth`: what the first view of the city page weighs and
costs, for readers one after the other, and for one who comes when all that is kept for a moment has been forgotten.
"""

import re
import time
from statistics import median

import httpx

from benchmarks import site
from benchmarks.rows import Row, at_most

MONTH, FIVE_YEARS = 30 * 24, 5 * 365 * 24  # hours stored
REQUESTS = 100
WARM_UP = 15
ALONE, PAUSE = 15, 1.1  # requests, and seconds before each: nothing is kept for longer than one
ROUNDS = 3
GOAL_KB, GOAL_MS, GOAL_GROWTH = 60.0, 30.0, 1.2
LINKS = "stylesheet|icon|manifest|modulepreload"
LINKED = re.compile(rf'(?:<script[^>]* src|<link[^>]*rel="(?:{LINKS})"[^>]* href)="([^"]+)"')
COMPRESSED = {"accept-encoding": "gzip", "host": "localhost"}


def run() -> list[Row]:
    """Kilobytes over the wire; milliseconds from request to answer on loopback, medians of rounds taken in turn."""
    with site.database() as small, site.database() as large:
        site.fill(small, MONTH)
        site.fill(large, FIVE_YEARS)
        with site.web(small) as month, site.web(large) as years:
            rounds = [(_milliseconds(month), _milliseconds(years)) for _ in range(ROUNDS)]
            alone = _milliseconds_alone(years)
            kilobytes = _kilobytes(years)
    with_month, with_years = (median(column) for column in zip(*rounds, strict=True))
    return [
        at_most("page.bytes", kilobytes, "kB", GOAL_KB),
        at_most("page.server_ms", with_years, "ms", GOAL_MS),
        at_most("page.alone_ms", alone, "ms", GOAL_MS),
        at_most("page.growth", with_years, "ms", GOAL_GROWTH, peer=with_month),
    ]


def _milliseconds(address: str) -> float:
    with httpx.Client(base_url=address, headers=COMPRESSED) as client:
        return median([_timed(client) for _ in range(WARM_UP + REQUESTS)][WARM_UP:])


def _milliseconds_alone(address: str) -> float:
    with httpx.Client(base_url=address, headers=COMPRESSED) as client:
        return median([_timed(client, after=PAUSE) for _ in range(ALONE)])


def _timed(client: httpx.Client, after: float = 0.0) -> float:
    time.sleep(after)
    started = time.perf_counter()
    client.get("/").raise_for_status()
    return (time.perf_counter() - started) * 1000


def _kilobytes(address: str) -> float:
    """The page and all that it links, compressed, with their headers left out."""
    with httpx.Client(base_url=address, headers=COMPRESSED) as client:
        page, size = _fetch(client, "/")
        return (size + sum(_fetch(client, link)[1] for link in set(LINKED.findall(page)))) / 1000


def _fetch(client: httpx.Client, path: str) -> tuple[str, int]:
    with client.stream("GET", path) as answer:
        answer.raise_for_status()
        answer.read()
        return answer.text, answer.num_bytes_downloaded
