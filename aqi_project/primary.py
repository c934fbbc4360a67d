"""`python -m aqi_project.primary PORT`: wait until the `mongod` there takes writes, as a replica set of its own.

A process of its own, so that the one that starts everything, and stays, need not load MongoDB's driver (19 MB).
"""

import sys
import time
from datetime import timedelta
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from aqi_project import mongod

LIMIT = timedelta(seconds=30)
ALREADY_INITIALIZED = 23  # MongoDB's error code


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
            members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
            client.admin.command("replSetInitiate", {"_id": mongod.REPLICA_SET, "members": members})
    except OperationFailure as error:
        if error.code != ALREADY_INITIALIZED:
            raise
    except PyMongoError:
        return False
    return False


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
