"""Rows `soak.*`: an hour of mixed load on an installation in which something is killed each minute.

Two web processes, a worker, a scheduler and a `mongod`; 200 sockets, 50 reads and 20 predictions a second, 20 stations
that play at 600 times the clock's speed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, quantiles

import psutil

from benchmarks.kills import ROLES
from benchmarks.load import Load, Tally
from benchmarks.rows import Row, row
from tests.faults.installation import Installation, installation
from tests.project.system import marked
from tests.waiting import wait_until

SECONDS, STATIONS, SPEED = 3_600.0, 20, 600.0
FAULT_EVERY = 60.0
SAMPLE_EVERY = 5.0  # of memory
EXCUSED = 1.0  # seconds after a kill
SILENT = 60.0  # seconds after which a socket has lost its station, which speaks every six
CALM_LIMIT = 60.0  # seconds until everything plays again after the end
GOAL = 1.1  # memory of the last quarter / of the second


@dataclass
class Soaked:
    tally: Tally
    kills: list[tuple[float, str]] = field(default_factory=list)  # when, and which role
    memory: list[float] = field(default_factory=list)  # MB, sampled evenly
    lost: int = 0
    doubled: int = 0
    silent: int = 0

    @property
    def errors(self) -> list[str]:
        """What failed, other than what was under way at a kill or asked in the second after it."""
        kills = [at for at, _ in self.kills]
        return [
            failure.what
            for failure in self.tally.failures
            if not any(failure.asked - EXCUSED <= kill <= failure.ended for kill in kills)
        ]

    @property
    def growth(self) -> float:
        quarter = len(self.memory) // 4
        return fmean(self.memory[3 * quarter :]) / fmean(self.memory[quarter : 2 * quarter])


def run() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="aqi-bench-") as folder:
        soaked = soak(Path(folder), SECONDS)
    tell(soaked)
    wrong = soaked.lost + soaked.doubled
    yield row("soak.lost", wrong, "readings lost or doubled", "0", wrong == 0)
    yield row("soak.errors", len(soaked.errors), "answers other than 200", "0", not soaked.errors)
    flat = 2 - GOAL <= soaked.growth <= GOAL
    yield row("soak.memory", soaked.growth, "last quarter / second", f"0.9 to {GOAL}", flat, digits=3)
    yield row("soak.silent", soaked.silent, "sockets that did not resume", "0", soaked.silent == 0)


def soak(
    folder: Path, seconds: float, fault_every: float = FAULT_EVERY, scale: float = 1.0, stations: int = STATIONS
) -> Soaked:
    """The load for so long, at a share `scale` of its rates; then what it cost."""
    with installation(folder, stations, SPEED, webs=2) as site:
        load = Load(site.addresses, stations, scale)
        soaked = Soaked(load.tally)
        with running(load):
            _inject(site, soaked, time.monotonic() + seconds, fault_every)
            ended, newest = time.monotonic(), site.newest()
            wait_until(lambda: site.answers() and site.newest() > newest, CALM_LIMIT)
            wait_until(lambda: not load.tally.silent(ended) or time.monotonic() - ended > SILENT, 2 * SILENT)
        soaked.lost, soaked.doubled = site.lost(), site.doubled()
        soaked.silent = load.tally.silent(ended) + load.sockets - len(load.tally.heard)
    return soaked


@contextlib.contextmanager
def running(load: Load) -> Iterator[None]:
    """The load in a thread of its own."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(load.run())

    def drive() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=drive)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()


def _inject(site: Installation, soaked: Soaked, until: float, every: float) -> None:
    dice = random.Random(9)
    next_fault = time.monotonic() + every
    while time.monotonic() < until:
        time.sleep(SAMPLE_EVERY)
        soaked.memory.append(megabytes(site))
        if time.monotonic() >= next_fault:
            role = ROLES[len(soaked.kills) % len(ROLES)]
            soaked.kills.append((time.monotonic(), role))
            site.kill_one(role, dice)
            next_fault += every


def megabytes(site: Installation) -> float:
    """Of all processes of the installation, `mongod` included; what forks share counts once."""
    total = 0
    for one in [*marked(site.mark), *site.processes("mongod")]:
        with contextlib.suppress(psutil.Error):
            total += one.memory_full_info().pss
    return total / 1e6


def tell(soaked: Soaked) -> None:
    """What the rows do not say."""
    seconds = quantiles(soaked.tally.seconds, n=100)
    print(
        f"soak: {soaked.tally.answers} of {soaked.tally.asked} answered, "
        f"p50 {seconds[49] * 1000:.0f} ms, p95 {seconds[94] * 1000:.0f} ms, "
        f"{len(soaked.tally.failures)} failed, {len(soaked.errors)} of them not by a kill; "
        f"{len(soaked.kills)} kills, {soaked.tally.messages} messages to sockets, "
        f"memory {min(soaked.memory):.0f} to {max(soaked.memory):.0f} MB"
    )
    for what in soaked.errors[:20]:
        print(f"soak: {what}")
