"""Rows `scale.out.*`: two machines share the work; one is cut off and killed, then the database's primary is killed.

Each machine (tests/faults/machines.py) has a web process and a worker; the MongoDB has three members. Recordings play,
a provider is polled, models are trained, mails go out, pages and sockets are asked for all the while.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.load import Load
from benchmarks.rows import Row, row
from benchmarks.soak import running
from tests.faults.installation import QCLUSTER, twice
from tests.faults.machines import HERE, Machine, in_a_world, lay_network, machines
from tests.faults.replica_set import ReplicaSet, replica_set
from tests.servers.provider import provider_server
from tests.waiting import wait_until

SPEED = 3_600.0
PLAYING, POLLED, HOURS = 4, 3, 24  # stations; hours that the provider has
POLL_EVERY = 1.0  # seconds
TASKS = {"poll": "ingestion.tasks.poll_stations", "train": "detection.tasks.train", "deliver": "alerts.tasks.deliver"}
DETECTORS = ["prophet_band", "flatline", "out_of_range"]  # quick to fit
DAYS = 25  # of history that is learnt from
SPREAD_LIMIT, CALM_LIMIT = 400.0, 400.0  # seconds
DEAD_AFTER = 3.0  # seconds from the cut to the death, and from there to that of the primary
SECRET = "".join(map(str, range(10))) * 5
DRIVER = {"DJANGO_SETTINGS_MODULE": "aqi_project.settings"}
PRODUCTION = {
    "PRODUCTION": "true", "SECRET_KEY": SECRET, "SITE_URL": "https://air.example.org", "WORKERS": "2",
    "OPENWEATHER_API_KEY": "key", "MONGODB_TIMEOUT_SECONDS": "15",
}  # fmt: skip


@dataclass
class Seen:
    """What the run came to. `tasks`: machine → kind of task → how many it did."""

    tasks: dict[str, dict[str, int]] = field(default_factory=dict)
    answers: int = 0
    failures: list[str] = field(default_factory=list)
    p95: float = 0.0  # seconds
    silent: int = 0
    lost: int = 0
    doubled: int = 0
    trained: int = 0
    calm_after: float = 0.0  # seconds from the primary's death until all goes on


def run() -> Iterator[Row]:
    seen = scale_out(trainings=8, scale=0.2)
    print(f"scale.out: {seen}")
    wrong = seen.lost + seen.doubled
    yield row("scale.out.lost", wrong, "readings, trainings and mails lost or doubled", "0", wrong == 0)
    yield row("scale.out.errors", len(seen.failures), "answers other than 200", "0", not seen.failures)
    yield row("scale.out.silent", seen.silent, "sockets that did not resume", "0", seen.silent == 0)


def scale_out(trainings: int, scale: float) -> Seen:
    """All of it, in a world of its own; `scale` is the share of the soak's rates.

    With four trainings or more, two workers of one machine cannot have them all.
    """
    said = in_a_world([sys.executable, "-m", "benchmarks.scale_out", str(trainings), str(scale)])
    return Seen(**json.loads(said.splitlines()[-1]))


def main(trainings: int, scale: float) -> None:
    lay_network()
    with tempfile.TemporaryDirectory(prefix="aqi-bench-") as name, provider_server(HERE) as provider:
        folder = Path(name)
        settings = {**PRODUCTION, "OPENWEATHER_URL": provider.url}
        roles = [{**settings, "Q_SCHEDULER": flag} for flag in ("true", "false")]
        with replica_set(HERE, folder / "mongodb") as members, machines(folder, members.uri, *roles) as both:
            both[0].prepare(PLAYING, SPEED)
            os.environ.update({**both[0].environment, **DRIVER, "VAR_DIR": str(folder / "driver")})
            seen = live_through(both, members, provider, trainings, scale)
    print(json.dumps(asdict(seen)))


def live_through(both: list[Machine], members: ReplicaSet, provider: Any, trainings: int, scale: float) -> Seen:
    import django

    django.setup()
    fill(provider, trainings)
    for one in both:
        one.start_web()
        one.start_role("worker", QCLUSTER)
    wait_until(lambda: all(one.answers() for one in both), SPREAD_LIMIT)
    load = Load([address for one in both for address in one.addresses], PLAYING, scale)
    with polling(), running(load):
        wait_until(lambda: all(set(done_by(one)) == set(TASKS) for one in both), SPREAD_LIMIT)
        seen = Seen(tasks={one.name: done_by(one) for one in both})
        strike(both[1], members)
        seen.calm_after = seconds_to_calm(both[0], load)
    return judge(seen, both, load, trainings)


def fill(provider: Any, trainings: int) -> None:
    """Stations that are polled, series that are to be trained, and who asks for that."""
    from aqi_project import clock
    from detection.lifecycle.training import runs
    from ingestion.models import Station
    from tests.detection.trained import make_series
    from tests.ingestion.providers_playing import OPENWEATHER, hours_until, openweather

    provider.will(OPENWEATHER, openweather(hours_until(clock.now(), HOURS)))
    place = {"provider": "openweather", "latitude": 31.55, "longitude": 74.34}
    for number in range(POLLED):
        interval = timedelta(seconds=6 * POLL_EVERY)
        Station.objects.create(slug=f"p{number}", name=f"p{number}", expected_interval=interval, **place)
    for number in range(trainings):
        remember(f"t{number}")
        runs.request(make_series(f"t{number}/pm2_5", detectors=DETECTORS), "first", "to be shared out")


def remember(slug: str) -> None:
    """A station with a history that can be learnt from."""
    from aqi_project.mongo import collection
    from ingestion.models import Reading
    from tests.detection.frames import air
    from tests.factories import make_station, reading_document, this_hour

    make_station(slug=slug, provider="push", city="")
    frame = air(DAYS, columns=("pm2_5",))  # what else it sent would be trained, too
    shift = this_hour() - frame.index[-1]
    rows = [reading_document(slug, at + shift, values=row.to_dict(), scored_revision=1) for at, row in frame.iterrows()]
    collection(Reading).insert_many(rows)


@contextmanager
def polling() -> Iterator[None]:
    """The schedule polls each minute; here somebody asks more often."""
    ended = threading.Event()

    def ask() -> None:
        from django_q.tasks import async_task

        while not ended.wait(POLL_EVERY):
            for task in (TASKS["poll"], TASKS["deliver"]):
                async_task(task)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def done_by(machine: Machine) -> dict[str, int]:
    """How many tasks of each kind a machine's worker has written into its log."""
    lines = [json.loads(line) for line in machine.said("worker").splitlines() if line.startswith("{")]
    counted = Counter(line.get("function") for line in lines if line.get("success"))
    return {kind: counted[name] for kind, name in TASKS.items() if counted[name]}


def strike(machine: Machine, members: ReplicaSet) -> None:
    machine.cut_off()
    time.sleep(DEAD_AFTER)
    machine.die()
    time.sleep(DEAD_AFTER)
    members.kill_primary()


def seconds_to_calm(machine: Machine, load: Load) -> float:
    """Until all trainings are done, readings come and every socket has heard of one since."""
    from detection.models import TrainingRun

    began = time.monotonic()
    before = machine.newest()
    wait_until(lambda: machine.answers() and machine.newest() > before, CALM_LIMIT)
    wait_until(lambda: not TrainingRun.objects.filter(state__in=TrainingRun.OPEN).exists(), CALM_LIMIT)
    wait_until(lambda: not load.tally.silent(began), CALM_LIMIT)
    return round(time.monotonic() - began, 1)


def judge(seen: Seen, both: list[Machine], load: Load, trainings: int) -> Seen:
    from alerts.models import Delivery
    from detection.models import ModelVersion, TrainingRun
    from ingestion.models import Reading

    polled = [Reading.objects.filter(station=f"p{number}").count() for number in range(POLLED)]
    done = TrainingRun.objects.filter(state=TrainingRun.State.DONE).count()
    versions = ModelVersion.objects.filter(series__startswith="t").count()
    wait_until(lambda: not Delivery.objects.filter(channel="email", state="queued").exists(), CALM_LIMIT)
    sent = Delivery.objects.filter(channel="email", state="sent").count()
    mails = {**both[0].mails(), **both[1].mails()}  # after the count: recordings play on, and mails go out
    seen.trained = done
    seen.lost = both[0].lost() + sum(HOURS - one for one in polled) + trainings - done + max(sent - len(mails), 0)
    seen.doubled = both[0].corrected() + twice(mails.values()) + versions - done
    seen.answers, seen.failures = load.tally.answers, [failure.what for failure in load.tally.failures]
    seen.p95 = round(quantiles(load.tally.seconds, n=20)[18], 3)
    seen.silent = load.sockets - len(load.tally.heard)
    return seen


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
