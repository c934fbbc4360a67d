"""Rows `scale.two_workers`, `scale.two_workers.cost`: series trained from scratch by one worker process, and by two.

Each round has stations of its own, with the shipped recording as their history; rounds take turns, so that other work
on the machine meets both. The workers are those of a deployment, fed by the queue; what a series costs is the processor
time of all their processes. SCALE_STATIONS and SCALE_SERIES (of a station) make it larger: 200 and 8 are a day's work.
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
from statistics import fmean
from typing import Any

import psutil

from benchmarks.site import ROOT, database
from tests.faults.installation import QCLUSTER, Installation
from tests.project.system import marked
from tests.waiting import wait_until

STATIONS, SERIES = int(os.environ.get("SCALE_STATIONS", "2")), int(os.environ.get("SCALE_SERIES", "6"))
ROUNDS = (1, 2, 1, 2)  # workers
LIMIT = 7_200.0  # seconds
POLL = 1.0  # seconds
SECRET = "0123456789" * 5  # what signs the queue's tasks, for who asks and who works
GOAL = 1.7


def run() -> Iterator[dict[str, Any]]:
    with database() as environment:
        command = [sys.executable, "-m", "benchmarks.scale_train"]
        environment["SECRET_KEY"] = SECRET
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    rounds = json.loads(done.stdout.splitlines()[-1])
    print(f"scale.two_workers: {rounds}")
    one, two = (rate([found for found in rounds if found["workers"] == workers]) for workers in (1, 2))
    ratio = round(two / one, 2)
    row = {"unit": "series a minute, two workers / one", "goal": f"ratio ≥ {GOAL}", "met": ratio >= GOAL}
    yield {"name": "scale.two_workers", "ours": round(two, 2), "peer": round(one, 2), "ratio": ratio, **row}
    cost = fmean(found["processor"] / found["series"] for found in rounds)
    row = {"peer": None, "ratio": None, "unit": "processor seconds a series", "goal": "", "met": None}
    yield {"name": "scale.two_workers.cost", "ours": round(cost, 1), **row}


def rate(rounds: list[dict[str, float]]) -> float:
    """Series a minute."""
    return 60 * sum(found["series"] for found in rounds) / sum(found["seconds"] for found in rounds)


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
    django.setup()
    print(json.dumps([round_of(number, workers) for number, workers in enumerate(ROUNDS)]))


def round_of(number: int, workers: int) -> dict[str, float]:
    """Seconds from the first task to the last, and of the processors."""
    series = ask(f"r{number}")
    with tempfile.TemporaryDirectory(prefix="aqi-bench-") as folder:
        # One process of each machine is left for what must not wait for trainings.
        site = Installation(Path(folder), os.environ["MONGODB_URI"], Q_SCHEDULER="false", WORKERS=str(workers + 1))
        site.start_role("worker", QCLUSTER)
        try:
            began = time.monotonic()
            wait_until(all_done, LIMIT)
            seconds = time.monotonic() - began
            processor = sum(map(processor_seconds, marked(site.mark)))
            return {"workers": workers, "series": series, "seconds": seconds, "processor": processor}
        finally:
            site.end()


def ask(prefix: str) -> int:
    """New stations with a history, and a training of each of their series; returns of how many."""
    from detection.lifecycle import runs
    from detection.lifecycle.training import ensure_series
    from detection.models import TrainingRun
    from ingestion import replay
    from ingestion.catalogue import ensure_pollutants
    from ingestion.models import Reading, Station
    from ingestion.store import store

    ensure_pollutants()
    for number in range(STATIONS):
        station = Station.objects.create(slug=f"{prefix}-{number}", name=f"{prefix}-{number}", provider="push")
        store(station, replay.sample())
        Reading.objects.filter(station=station.slug).update(scored_revision=1)
        for series in ensure_series(station)[:SERIES]:
            runs.request(series, "first", "to be measured")
    return TrainingRun.objects.filter(series__startswith=prefix).count()


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
