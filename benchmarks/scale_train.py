"""Rows `scale.two_workers`, `scale.two_workers.cost`: series trained from scratch by one worker process, and by two.

Two hundred stations with the shipped recording as their history ask for a first training of eight series each; NO and
NH3, which it has for its first weeks only, are copies of NO2 and SO2. One and two workers of a deployment take turns at
that queue, a few minutes each, so that other work on the machine meets both; a turn is counted from its first finished
training to its last. What a series costs is the processor time of all processes. All of it at once is four hours of one
worker. SCALE_STATIONS, SCALE_SERIES (of a station) and SCALE_MINUTES (of a turn) make it another size.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from aqi_project import clock
from benchmarks.rows import Row, at_least, row
from benchmarks.site import answer_of, database
from tests.faults.installation import QCLUSTER, Installation
from tests.project.system import marked
from tests.waiting import wait_until

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from detection.models import TrainingRun

STATIONS, SERIES = int(os.environ.get("SCALE_STATIONS", "200")), int(os.environ.get("SCALE_SERIES", "8"))
TURN = 60 * float(os.environ.get("SCALE_MINUTES", "5"))  # seconds
TURNS = (1, 2, 1, 2)  # workers
START_LIMIT = 60.0  # seconds until a worker has taken its first training
POLL = 0.5  # seconds
SECRET = "0123456789" * 5  # what signs the queue's tasks, for who asks and who works
GOAL = 1.7


def run() -> Iterator[Row]:
    with database() as environment:
        turns = answer_of("-m", "benchmarks.scale_train", environment={**environment, "SECRET_KEY": SECRET})
    print(f"scale.two_workers: {turns}")
    one, two = (rate([turn for turn in turns if turn["workers"] == workers]) for workers in (1, 2))
    yield at_least("scale.two_workers", two, "series a minute, two workers / one", GOAL, peer=one)
    cost = sum(turn["processor"] for turn in turns) / sum(turn["series"] for turn in turns)
    yield row("scale.two_workers.cost", cost, "processor seconds a series", digits=1)


def rate(turns: list[dict[str, float]]) -> float:
    """Series a minute: those that ended after the first of each worker, because workers that begin together end so."""
    return 60 * sum(turn["series"] - turn["workers"] for turn in turns) / sum(turn["seconds"] for turn in turns)


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
    django.setup()
    ask()
    print(json.dumps([turn_of(workers) for workers in TURNS]))


def ask() -> None:
    """New stations with a history, and a first training of each of their series."""
    from detection.lifecycle.training.fitting import ensure_series
    from detection.lifecycle.training.runs import request
    from ingestion.models import Reading, Station
    from ingestion.recorded import replay
    from ingestion.storing.catalogue import ensure_pollutants
    from ingestion.storing.store import store

    ensure_pollutants()
    history = [
        replace(one, values={"no": one.values["no2"], "nh3": one.values["so2"], **one.values})
        for one in replay.sample()
    ]
    for number in range(STATIONS):
        station = Station.objects.create(slug=f"s{number}", name=f"s{number}", provider="push")
        store(station, history)
        for series in ensure_series(station)[:SERIES]:
            request(series, "first", "to be measured")
    Reading.objects.update(scored_revision=1)


def turn_of(workers: int) -> dict[str, float]:
    """What so many workers have trained in a turn, from the first end to the last in seconds, and what it cost."""
    with tempfile.TemporaryDirectory(prefix="aqi-bench-") as folder:
        # One process of each machine is left for what must not wait for trainings.
        site = Installation(Path(folder), os.environ["MONGODB_URI"], Q_SCHEDULER="false", WORKERS=str(workers + 1))
        start = clock.now()
        site.start_role("worker", QCLUSTER)
        try:
            wait_until(lambda: runs(started_at__gte=start).exists(), START_LIMIT)
            began = time.monotonic()
            while time.monotonic() < began + TURN and runs(state="queued").exists():
                time.sleep(POLL)
            ends = sorted(runs(finished_at__gte=start, state="done").values_list("finished_at", flat=True))
            processor = sum(map(processor_seconds, marked(site.mark)))
        finally:
            site.end()
    seconds = (ends[-1] - ends[0]).total_seconds()
    return {"workers": workers, "series": len(ends), "seconds": seconds, "processor": processor}


def runs(**wanted: Any) -> QuerySet[TrainingRun]:
    from detection.models import TrainingRun

    return TrainingRun.objects.filter(**wanted)


def processor_seconds(process: psutil.Process) -> float:
    """Of a process and of its children that have ended."""
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


if __name__ == "__main__":
    main()
