"""A station with as much history as wanted on a MongoDB of its own, and a real daphne in front of it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from pymongo import MongoClient
from pymongo.collection import Collection

from aqi_project.mongodb import mongod
from tests.waiting import answers, wait_until

ROOT = Path(__file__).parents[1]
START_LIMIT = 120.0  # seconds; a few on a machine with nothing else to do


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """An empty, migrated MongoDB; gives the environment that names it."""
    with (
        tempfile.TemporaryDirectory(prefix="aqi-bench-") as folder,
        mongod.running(mongod.free_port(), Path(folder) / "mongodb") as uri,
    ):
        environment = {**os.environ, "MONGODB_URI": uri, "AQI_SOURCE": "replay", "DEBUG": "false"}
        python(environment, "manage.py", "migrate", "--verbosity", "0")
        yield environment


def fill(environment: dict[str, str], hours: int, series: int = 1) -> None:
    """A station `lahore` with so many hours behind it, models and forecasts; what was there before is gone.

    With more `series`, so many other stations with one model each stand beside it.
    """
    python(environment, "-m", "benchmarks.fill", str(hours), str(series))


def train(environment: dict[str, str]) -> None:
    """The shipped recording of Lahore, and a real model of its PM2.5. Takes a minute."""
    python(environment, "-m", "benchmarks.trained")


@contextmanager
def web(environment: dict[str, str]) -> Iterator[str]:
    """Address of a daphne, without a slash at its end."""
    port = str(mongod.free_port())
    command = [str(Path(sys.executable).parent / "daphne"), "--bind", "127.0.0.1", "--port", port, "--verbosity", "0"]
    with subprocess.Popen([*command, "aqi_project.asgi:application"], cwd=ROOT, env=environment) as process:
        try:
            wait(f"http://127.0.0.1:{port}/health/ready")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def python(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True)


def answer_of(*arguments: str, environment: dict[str, str] | None = None) -> Any:
    """What a Python with these arguments prints last, one line of JSON."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def readings(environment: dict[str, str]) -> Iterator[Collection[dict[str, Any]]]:
    """The collection, as any writer reaches it."""
    with MongoClient[dict[str, Any]](environment["MONGODB_URI"]) as client:
        yield client[environment.get("MONGODB_NAME", "aqi")]["ingestion_reading"]


def memory_of(port: int) -> int:
    """Bytes resident of the process that listens there."""
    listening = (c.pid for c in psutil.net_connections("tcp") if c.status == "LISTEN" and c.laddr.port == port)
    return int(psutil.Process(next(listening)).memory_info().rss)


def wait(address: str) -> None:
    wait_until(lambda: answers(address), START_LIMIT)
