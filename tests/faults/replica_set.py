"""A MongoDB of three members on one machine, whose primary can be killed."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from aqi_project.mongodb.mongod import find_binary
from tests.waiting import wait_until

NAME = "members"
PORTS = (27_201, 27_202, 27_203)
ELECTION = 2_000  # milliseconds without a primary before another is elected; MongoDB's default is 10,000
START_LIMIT = 60.0  # seconds
MEMBER = ["--replSet", NAME, "--nounixsocket", "--quiet", "--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "256"]


class ReplicaSet:
    def __init__(self, address: str, folder: Path) -> None:
        self._hosts = [f"{address}:{port}" for port in PORTS]
        self._members = {host: self._start(host, folder / host.partition(":")[2]) for host in self._hosts}
        # Pages are read from a secondary in the seconds without a primary.
        self.uri = f"mongodb://{','.join(self._hosts)}/?replicaSet={NAME}&readPreference=primaryPreferred"
        self._initiate()

    def _start(self, host: str, folder: Path) -> subprocess.Popen[bytes]:
        folder.mkdir(parents=True)
        address, _, port = host.partition(":")
        files = ["--dbpath", str(folder), "--logpath", str(folder / "log")]
        return subprocess.Popen([find_binary(), *MEMBER, *files, "--bind_ip", address, "--port", port])

    def _initiate(self) -> None:
        members = [{"_id": number, "host": host} for number, host in enumerate(self._hosts)]
        wanted = {"_id": NAME, "members": members, "settings": {"electionTimeoutMillis": ELECTION}}
        for host in reversed(self._hosts):  # all have to answer before the first can form a set with them
            self._direct(host).admin.command("ping")
        self._direct(self._hosts[0]).admin.command("replSetInitiate", wanted)
        wait_until(lambda: self.primary() is not None, START_LIMIT)

    def _direct(self, host: str) -> MongoClient[dict[str, Any]]:
        return MongoClient(f"mongodb://{host}/?directConnection=true", serverSelectionTimeoutMS=START_LIMIT * 1000)

    def primary(self) -> str | None:
        client = MongoClient[dict[str, Any]](self.uri, serverSelectionTimeoutMS=500)
        with client, contextlib.suppress(PyMongoError):
            return str(client.admin.command("hello")["primary"])
        return None

    def kill_primary(self) -> None:
        primary = self.primary()
        assert primary is not None
        self._members.pop(primary).kill()

    def end(self) -> None:
        for member in self._members.values():
            member.kill()
            member.wait()


@contextlib.contextmanager
def replica_set(address: str, folder: Path) -> Iterator[ReplicaSet]:
    members = ReplicaSet(address, folder)
    try:
        yield members
    finally:
        members.end()
