"""Web, worker and scheduler as a deployment starts them, and a MongoDB, each under whatever revives it."""

import contextlib
import csv
import gzip
import os
import random
import signal
import subprocess
import sys
import uuid
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import psutil
from pymongo import MongoClient

from aqi_project.mongodb import mongod
from tests.project.system import MARK, ROOT, marked
from tests.waiting import answers, wait_until

ROLE = "TEST_ROLE"
GUARD = "aqi_project.processes"  # who kills it kills the installation, as with any process manager
QCLUSTER = [sys.executable, "manage.py", "qcluster"]
DAPHNE = [str(Path(sys.executable).parent / "daphne"), "--verbosity", "0", "aqi_project.asgi:application"]
SAMPLE = ROOT / "data" / "openweather_lahore_hourly.csv.gz"
START_LIMIT = 60.0  # seconds
SILENCE = "We get no data"
Mail = tuple[str, str, str]


class Installation:
    """Processes by role, all on one MongoDB."""

    def __init__(self, folder: Path, uri: str, webs: int = 1, **settings: str) -> None:
        self.folder, self.uri, self.mark = folder, uri, uuid.uuid4().hex
        own = {MARK: self.mark, "MONGODB_URI": uri, "MONGODB_NAME": "aqi", "AQI_SOURCE": "replay", "WORKERS": "1"}
        own["API_ANONYMOUS_PER_MINUTE"] = "1000000"
        self.environment = {**os.environ, **own, "VAR_DIR": str(folder / "var"), "EMAIL_URL": "", **settings}
        self.addresses = [f"http://127.0.0.1:{mongod.free_port()}" for _ in range(webs)]
        self.started: list[subprocess.Popen[bytes]] = []
        self.enter: list[str] = []  # the command that leads onto its machine, where that is not this one

    def run(self, *arguments: str, **more: str) -> None:
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env={**self.environment, **more}, check=True)

    def prepare(self, stations: int, speed: float) -> None:
        """An empty database becomes one in which so many stations play."""
        self.run("manage.py", "migrate", "--verbosity", "0")
        self.run("-m", "tests.faults.prepare", str(stations), str(speed))

    def start_web(self) -> None:
        for address in self.addresses:
            host, _, port = address.removeprefix("http://").partition(":")
            self.start_role("web", [*DAPHNE, "--bind", host, "--port", port])

    def start(self) -> None:
        self.start_web()
        self.start_role("worker", QCLUSTER, Q_SCHEDULER="false")
        self.start_role("scheduler", QCLUSTER, Q_SCHEDULER="true")
        wait_until(self.answers, START_LIMIT)

    def start_role(self, role: str, command: list[str], **more: str) -> None:
        with (self.folder / f"{role}.log").open("ab") as log:
            guarded = [*self.enter, sys.executable, "-m", GUARD, *command]
            environment = {**self.environment, **more, ROLE: role}
            self.started.append(
                subprocess.Popen(guarded, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
            )

    def said(self, role: str) -> str:
        return (self.folder / f"{role}.log").read_text()

    def answers(self) -> bool:
        """Every web process, and each reaches the database."""
        return all(answers(f"{address}/health/ready", patience=10) for address in self.addresses)

    def processes(self, role: str) -> list[psutil.Process]:
        """What a role consists of at this moment, without what guards it."""
        if role == "mongod":
            port = self.uri.partition("127.0.0.1:")[2].partition("/")[0]
            return [one for one in psutil.process_iter(["cmdline"]) if _is_server(one.info["cmdline"] or [], port)]
        return [one for one in marked(self.mark) if _role(one) == role]

    def kill(self, role: str, dice: random.Random) -> None:
        """-9 to one process of a role, or to all of them."""
        found = self.processes(role)
        kill(dice.choice([found, [dice.choice(found)]]) if found else [])

    def kill_one(self, role: str, dice: random.Random) -> None:
        kill([dice.choice(self.processes(role))])

    def end(self) -> None:
        kill(marked(self.mark))
        for process in self.started:
            process.wait()

    @contextlib.contextmanager
    def database(self) -> Iterator[Any]:
        with MongoClient(self.uri, tz_aware=True) as client:
            yield client["aqi"]

    def newest(self) -> datetime:
        """Of the station that is furthest behind."""
        with self.database() as database:
            newest = [{"$match": {"provider": "replay"}}, {"$group": {"_id": "$station", "at": {"$max": "$at"}}}]
            return min(row["at"] for row in database["ingestion_reading"].aggregate(newest))

    def lost(self) -> int:
        """Recorded hours that should have come out by each station's newest, and have not."""
        with self.database() as database:
            playing = database["ingestion_station"].find({"provider": "replay"})
            return sum(_lost(station, database["ingestion_reading"]) for station in playing)

    def doubled(self) -> int:
        """Readings that were taken for corrections of themselves, and mails that say the same to the same."""
        return self.corrected() + twice(self.mails().values())

    def corrected(self) -> int:
        with self.database() as database:
            return int(database["ingestion_reading"].count_documents({"revision": {"$gt": 1}}))

    def mails(self) -> dict[str, Mail]:
        """By Message-ID, as a mail program keeps them: to whom, about what, and the text."""
        files = (self.folder / "var" / "mail").glob("*.eml")
        return {path.stem: _contents(path.read_bytes()) for path in files}


@contextlib.contextmanager
def installation(folder: Path, stations: int, speed: float, **settings: Any) -> Iterator[Installation]:
    """A prepared and running one; killed at the end."""
    with mongod.running(mongod.free_port(), folder / "mongodb") as uri:
        found = Installation(folder, uri, **settings)
        try:
            found.prepare(stations, speed)
            found.start()
            yield found
        finally:
            found.end()


def twice(mails: Collection[Mail]) -> int:
    """How many say what another has said. Each silence of a station is told; a busy machine has several."""
    lasting = [mail for mail in mails if SILENCE not in mail[-1]]
    return len(lasting) - len(set(lasting))


def kill(processes: list[psutil.Process]) -> None:
    for one in processes:
        with contextlib.suppress(psutil.Error):
            one.send_signal(signal.SIGKILL)


def _is_server(command: list[str], port: str) -> bool:
    return "--replSet" in command and port in command


def _role(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        if GUARD not in process.cmdline():
            return process.environ().get(ROLE, "")
    return ""


def _lost(station: dict[str, Any], readings: Any) -> int:
    stored = {row["at"] for row in readings.find({"station": station["slug"]}, {"at": 1})}
    shift = timedelta(milliseconds=station["replay_shift"])
    due = {moved for at in recorded() if min(stored) <= (moved := at + shift) <= max(stored)}
    return len(due - stored)


def _contents(mail: bytes) -> Mail:
    message = message_from_bytes(mail, policy=default)
    body = message.get_body(("plain",))
    return message["To"], message["Subject"], body.get_content() if body else ""


def recorded() -> list[datetime]:
    with gzip.open(SAMPLE, "rt", newline="") as file:
        return [datetime.fromisoformat(row["ts_utc"]).astimezone(UTC) for row in csv.DictReader(file)]
