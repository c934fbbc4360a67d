"""Polling 200 stations of a provider that takes 200 ms to answer: together, and one after another.

`python -m benchmarks.ingest_poll` measures in the database that the environment names, where turns are counted.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from benchmarks import site
from benchmarks.rows import Row, at_most
from ingestion.providers.base import StationRef
from ingestion.providers.gate import Gates
from ingestion.providers.http import Http, Patience
from ingestion.providers.poll import Access, Job, poll_each

STATIONS = 200
SAMPLE = 40  # stations that are asked one after another; their time is scaled to all stations
ROUNDS = 3
GOAL = 0.075  # ours / peer


def run() -> list[Row]:
    """The row `ingest.poll200`: seconds, medians of rounds taken in turn."""
    command = (sys.executable, "-m", "benchmarks.ingest_poll")
    rounds: list[tuple[float, float]] = site.answer_of("-m", "tests.with_mongod", *command)
    print(f"ingest.poll200: {rounds}", file=sys.stderr)
    ours = median(together for together, _ in rounds)
    peer = median(one_by_one for _, one_by_one in rounds) * STATIONS / SAMPLE
    return [at_most("ingest.poll200", ours, "s", GOAL, peer=peer)]


def main() -> list[tuple[float, float]]:
    """Per round, the seconds of all stations together and of a sample one by one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    with _slow_provider() as url:
        return [(_seconds(url, _together, STATIONS), _seconds(url, _one_by_one, SAMPLE)) for _ in range(ROUNDS)]


@contextmanager
def _slow_provider() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.slow_provider"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def _seconds(url: str, poll: Callable[[str, list[Job], Http], Coroutine[Any, Any, None]], stations: int) -> float:
    jobs = [Job(f"station-{n}", "open_meteo", StationRef(31.5 + n / 1000, 74.3)) for n in range(stations)]

    from ingestion.asking.shared_limiter import SharedLimiter
    from ingestion.models import RequestCount

    RequestCount.objects.all().delete()  # a round is no poll of the minute before

    async def timed() -> float:
        started = time.perf_counter()
        async with Http(Patience(), Gates(SharedLimiter)) as http:
            await poll(url, jobs, http)
        return time.perf_counter() - started

    return asyncio.run(timed())


async def _together(url: str, jobs: list[Job], http: Http) -> None:
    answers = poll_each(jobs, {"open_meteo": Access("", url)}, http)
    _expect_all([result async for result in answers])


async def _one_by_one(url: str, jobs: list[Job], http: Http) -> None:
    for job in jobs:
        await _together(url, [job], http)


def _expect_all(results: list[Any]) -> None:
    assert all(result.error is None and result.parsed.observations for result in results)


if __name__ == "__main__":
    print(json.dumps(main()))
