"""`python -m aqi_project.mongodb.primary PORT`: wait until the `mongod` there takes writes, as a set of its own.

A process of its own, so that the one that starts everything, and stays, need not load MongoDB's driver (19 MB).
"""

import sys
import time
from datetime import timedelta
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from aqi_project.mongodb import mongod

LIMIT = timedelta(seconds=30)
ALREADY_INITIALIZED = 23  # MongoDB's error codes
NOT_YET = (94, 109)  # it still reads or changes its configuration


def main(port: int) -> int:
    """0 once it is, 1 where it is not in time."""
    deadline = time.monotonic() + LIMIT.total_seconds()
    client: MongoClient[Any] = MongoClient(mongod.uri(port), serverSelectionTimeoutMS=200)
    with client:
        while time.monotonic() < deadline:
            if _is_primary(client, port):
                return 0
            time.sleep(mongod.POLL)
    return 1


def _is_primary(client: MongoClient[Any], port: int) -> bool:
    try:
        hello = client.admin.command("hello")
        if hello.get("isWritablePrimary"):
            return True
        if not hello.get("setName"):
            _initiate(client, f"127.0.0.1:{port}")
    except OperationFailure as error:
        if error.code not in NOT_YET:
            raise
    except PyMongoError:
        return False
    return False


def _initiate(client: MongoClient[Any], here: str) -> None:
    try:
        members = [{"_id": 0, "host": here}]
        client.admin.command("replSetInitiate", {"_id": mongod.REPLICA_SET, "members": members})
    except OperationFailure as error:
        if error.code != ALREADY_INITIALIZED:
            raise
        _move(client, here)


def _move(client: MongoClient[Any], here: str) -> None:
    """A set that was made on another port looks for itself there; it is told where it is."""
    config = client.admin.command("replSetGetConfig")["config"]
    members = config["members"]
    if len(members) == 1 and members[0]["host"] != here:
        members[0]["host"] = here
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
