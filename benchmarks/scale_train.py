"""Rows `scale.two_workers`, `scale.two_workers.cost`: series trained from scratch by one worker process, then by two.

Each round has stations of its own, with the shipped recording as their history. The workers are those of a deployment,
fed by the queue; what a series costs is the processor time of all their processes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from benchmarks.site import ROOT, database
from tests.faults.installation import QCLUSTER, Installation
from tests.project.system import marked, wait_until

STATIONS = int(os.environ.get("SCALE_STATIONS", "1"))  # of each round; 200 are a day's work
LIMIT = 7_200.0  # seconds
POLL = 1.0  # seconds
SECRET = "0123456789" * 5  # what signs the queue's tasks, for who asks and who works
GOAL = 1.7


def run() -> Iterator[dict[str, Any]]:
    with database() as environment:
        command = [sys.executable, "-m", "benchmarks.scale_train"]
        environment["SECRET_KEY"] = SECRET
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    one, two = json.loads(done.stdout.splitlines()[-1])
    series = two["series"]
    ratio = round(one["seconds"] / two["seconds"], 2)
    row = {"unit": f"series a minute, {series} series, two workers / one", "goal": f"ratio ≥ {GOAL}"}
    rates = {"ours": round(60 * series / two["seconds"], 2), "peer": round(60 * series / one["seconds"], 2)}
    yield {"name": "scale.two_workers", **rates, "ratio": ratio, **row, "met": ratio >= GOAL}
    cost = round(two["processor"] / series, 1)
    row = {"peer": None, "ratio": None, "unit": "processor seconds a series", "goal": "", "met": None}
    yield {"name": "scale.two_workers.cost", "ours": cost, **row}


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
    django.setup()
    rounds = [round_of(workers) for workers in (1, 2)]
    print(json.dumps(rounds))


def round_of(workers: int) -> dict[str, float]:
    """Seconds from the first task to the last, and of the processors."""
    series = ask(f"of{workers}")
    with tempfile.TemporaryDirectory(prefix="aqi-bench-") as folder:
        site = Installation(Path(folder), os.environ["MONGODB_URI"], Q_SCHEDULER="false")
        for _ in range(workers):
            site.start_role("worker", QCLUSTER)
        try:
            began = time.monotonic()
            wait_until(all_done, LIMIT)
            seconds = time.monotonic() - began
            processor = sum(map(processor_seconds, marked(site.mark)))
            return {"series": series, "seconds": seconds, "processor": processor}
        finally:
            site.end()


def ask(prefix: str) -> int:
    """New stations with a history, and a training of each of their series; returns of how many."""
    from detection.lifecycle import runs
    from detection.lifecycle.training import ensure_series
    from detection.models import Series
    from ingestion import replay
    from ingestion.catalogue import ensure_pollutants
    from ingestion.models import Reading, Station
    from ingestion.store import store

    ensure_pollutants()
    for number in range(STATIONS):
        station = Station.objects.create(slug=f"{prefix}-{number}", name=f"{prefix}-{number}", provider="push")
        store(station, replay.sample())
        Reading.objects.filter(station=station.slug).update(scored_revision=1)
        for series in ensure_series(station):
            runs.request(series, "first", "to be measured")
    return Series.objects.filter(key__startswith=prefix).count()


def all_done() -> bool:
    from detection.models import TrainingRun

    time.sleep(POLL)
    return not TrainingRun.objects.filter(state__in=TrainingRun.OPEN).exists()


def processor_seconds(process: psutil.Process) -> float:
    """Of a process and of its children that have ended."""
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


if __name__ == "__main__":
    main()
