"""The whole system as `make run` starts it: real processes, from a copy of the tree, with a database of its own."""

import contextlib
import csv
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
from pymongo import MongoClient

from aqi_project.mongodb import mongod
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns(".venv", ".git", ".env", "var", "__pycache__", ".*_cache")
MARK = "TEST_SYSTEM"  # a variable that every process of the system inherits


class System:
    """Started and stopped as often as a test likes; what it stored stays."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder / "checkout"
        shutil.copytree(ROOT, self.folder, ignore=NOT_COPIED)
        (self.folder / ".venv").symlink_to(sys.prefix)
        self.mark = uuid.uuid4().hex
        self.port, self.database_port = mongod.free_port(), mongod.free_port()
        ports = {"PORT": str(self.port), "EMBEDDED_MONGODB_PORT": str(self.database_port)}
        own = {MARK: self.mark, "MONGODB_URI": "", "VAR_DIR": "", "AQI_SOURCE": "replay"}
        self.environment = {**os.environ, **own, **ports, **settings}
        self.log = folder / "log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self, limit: float) -> float:
        """Returns how many seconds it took until it was ready and said so."""
        started = time.monotonic()
        command = ["make", "--old-file", ".venv/installed", "run"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=_as_in_the_background,
            )  # fmt: skip
        wait_until(lambda: "The air is at" in self.said() or self._has_ended(), limit)
        assert not self._has_ended(), self.said()
        return time.monotonic() - started

    def run(self, *arguments: str) -> None:
        """One of the project's commands, beside the running system."""
        subprocess.run([sys.executable, *arguments], cwd=self.folder, env=self.environment, check=True)

    def _has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def said(self) -> str:
        return self.log.read_text()

    def signal_group(self, number: int) -> None:
        """As a terminal does it: to make, to the starter and to whatever shares their process group."""
        assert self.process is not None
        os.killpg(self.process.pid, number)

    def processes(self, *words: str) -> list[psutil.Process]:
        """What lives of this system, however it was orphaned; with all of these words in its command line."""
        return marked(self.mark, *words)

    def end(self) -> None:
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                process.send_signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
            self.process = None

    def get(self, path: str) -> tuple[int, str]:
        with urlopen(self.address + path, timeout=10) as answer:  # noqa: S310 (our own address)
            return answer.status, answer.read().decode()

    def json(self, path: str) -> Any:
        return json.loads(self.get(path)[1])

    @contextlib.contextmanager
    def database(self) -> Iterator[Any]:
        with MongoClient(mongod.uri(self.database_port), tz_aware=True) as client:
            yield client["aqi"]

    def readings(self) -> list[datetime]:
        """Times of all stored readings of Lahore."""
        with self.database() as database:
            return [document["at"] for document in database["ingestion_reading"].find({"station": "lahore"}, {"at": 1})]

    def recorded(self, until: datetime) -> set[datetime]:
        """Times that the recording holds up to then, in the station's time."""
        with self.database() as database:
            shift = database["ingestion_station"].find_one({"slug": "lahore"})["replay_shift"]
        with gzip.open(self.folder / "data" / "openweather_lahore_hourly.csv.gz", "rt", newline="") as file:
            times = [datetime.fromisoformat(row["ts_utc"]).astimezone(UTC) for row in csv.DictReader(file)]
        return {moved for at in times if (moved := at + timedelta(milliseconds=shift)) <= until}


def marked(mark: str, *words: str) -> list[psutil.Process]:
    """Living processes that inherited this mark, with all of these words in their command line."""
    return [process for process in psutil.process_iter() if _is_marked(process, mark, words)]


def _is_marked(process: psutil.Process, mark: str, words: tuple[str, ...]) -> bool:
    with contextlib.suppress(psutil.Error):
        ours = process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE
        return ours and set(words) <= set(process.cmdline())
    return False


def _as_in_the_background() -> None:
    """A shell ignores Ctrl-C in what it starts with `&`, and a process inherits that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def at_rest(seconds: float) -> float:
    """A limit that holds for a machine with nothing else to do, stretched by how busy this one is."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
