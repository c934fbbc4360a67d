"""Rows `memory.total` and `memory.web`: megabytes resident after an hour of replay by the system as `make run` runs it.

The total is that of all processes, `mongod` included, with each page of memory counted once: what the processes of the
worker share by their fork (Linux tells each one's part, its PSS), and of each file that several have mapped the largest
part that one of them holds, so that what else runs on the machine and maps the same files changes nothing. The web
process's is its RSS. Each is the highest of the last minutes, in which replay goes on. It takes an hour.
"""

import contextlib
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil

from benchmarks.rows import Row, at_most
from tests.project.system import System

REPLAYED = timedelta(hours=1)
MEASURED = timedelta(minutes=10)  # at the end
EVERY = timedelta(seconds=10)
START_LIMIT = 1_200.0  # seconds; the first start trains six models before it says that it is there
GOAL_TOTAL, GOAL_WEB = 700, 150  # MB
MB = 1_000_000


def run() -> list[Row]:
    """Two rows; see the module."""
    with tempfile.TemporaryDirectory(prefix="aqi-bench-") as folder:
        system = System(Path(folder))
        try:
            system.start(START_LIMIT)
            samples = list(_samples(system))
        finally:
            system.end()
    total, web = (max(column) for column in zip(*samples, strict=True))
    return [
        at_most("memory.total", total, "MB", GOAL_TOTAL, digits=0),
        at_most("memory.web", web, "MB", GOAL_WEB, digits=0),
    ]


def _samples(system: System) -> Any:
    """(all, web) in megabytes, from the end of the hour."""
    started = time.monotonic()
    while (passed := time.monotonic() - started) < REPLAYED.total_seconds():
        total, web = _megabytes(system)
        print(f"\r{passed / 60:4.0f} min: {total:.0f} MB, web {web:.0f} MB ", end="", file=sys.stderr, flush=True)
        if passed > (REPLAYED - MEASURED).total_seconds():
            yield total, web
        time.sleep(EVERY.total_seconds())


def _megabytes(system: System) -> tuple[float, float]:
    """(all, web)."""
    private, files, web = 0.0, Counter[str](), 0.0
    for process in system.processes():
        with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError):
            private += _private(process.pid)
            files |= _files(process)
            if any(part.endswith("daphne") for part in process.cmdline()[:3]):
                web = max(web, process.memory_info().rss / MB)
    return private + sum(files.values()) / MB, web


def _private(pid: int) -> float:
    """Megabytes that are in no file: a process's own and its part of what it shares."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 / MB for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:")))


def _files(process: psutil.Process) -> Counter[str]:
    """Bytes of each mapped file that are in memory as they are in the file."""
    found = Counter[str]()
    for part in process.memory_maps(grouped=False):
        if not part.path.startswith("["):
            found[part.path] += part.rss - part.anonymous
    return found
