"""The queue of background work: at most one task of a kind waits, and one that is lost comes back in seconds.

A document is one call, such as `detection.tasks.score_station('lahore')`. Asking for a call that already waits changes
nothing; asking for one that runs has it run once more afterwards, and never beside itself. That is right for tasks that
look for what is due, as all of this project's do, and wrong for any that would add something each time.

Whoever takes a call holds it for LEASE and renews that while it works (lease.py beside this). Times are the
database's, so that a clock that is wrong on one machine neither takes what others hold nor leaves anything lying.
"""

import logging
import socket
import time
from datetime import timedelta
from typing import Any

from bson import ObjectId
from django_q.brokers import Broker as BaseBroker
from django_q.conf import Conf
from django_q.signing import SignedPackage
from django_q.utils import get_func_repr
from pymongo import ReturnDocument
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, PyMongoError

from aqi_project.mongo import database

log = logging.getLogger(__name__)
PREFIX = "queue_"
LEASE = timedelta(seconds=10)
MOST_DEATHS = 3  # of processes at the same call; then it rests, so that the others get on
REST = timedelta(hours=1)
PAUSE = timedelta(seconds=1)  # while the database does not answer
SLOW = "train"  # the group of calls that take minutes
HOST = socket.gethostname()
DUE = {"$expr": {"$lte": ["$due_at", "$$NOW"]}}
HELD = {"$ne": [{"$ifNull": ["$holder", None]}, None]}
# What waits keeps its place, unless that lies ahead: then the clock has been set back since. What is held stays so.
ASKED = {"$cond": [HELD, "$due_at", {"$min": ["$due_at", "$$NOW"]}]}

Document = dict[str, Any]
Hold = tuple[str, ObjectId]  # a call, and the token of whoever took it


def _from_now(span: timedelta) -> Document:
    return {"$add": ["$$NOW", span // timedelta(milliseconds=1)]}


class Broker(BaseBroker):
    """Calls in a collection on Django's own connection: one client a process, and none shared across forks."""

    @property
    def collection(self) -> Collection[Document]:
        return database()[PREFIX + self.list_key]

    def enqueue(self, task: str) -> str:
        call = SignedPackage.loads(task)
        key = call_of(call)
        asked = {"payload": {"$literal": task}, "again": True, "due_at": ASKED, "group": call.get("group")}
        try:
            self.collection.update_one({"_id": key}, [{"$set": asked}], upsert=True)
        except DuplicateKeyError:  # another process asked for the same at this instant
            self.collection.update_one({"_id": key}, [{"$set": asked}])
        return key

    def dequeue(self) -> list[tuple[Hold, str]] | None:
        """The call that has been due for longest; None after a short wait where there is none.

        Of SLOW ones at most so many run on a machine that one of its processes is left for what must not wait.
        """
        taken = {"holder": ObjectId(), "process": None, "again": False, "due_at": _from_now(LEASE), "host": HOST}
        try:
            task = self.collection.find_one_and_update(
                self._takeable(), [{"$set": taken}], sort=[("due_at", 1)], return_document=ReturnDocument.AFTER
            )
        except PyMongoError as error:
            log.warning("The queue waits for the database: %s", error)
            time.sleep(PAUSE.total_seconds())
            return None
        if task is None:
            time.sleep(Conf.POLL)
            return None
        return [((task["_id"], task["holder"]), task["payload"])]

    def _takeable(self) -> Document:
        soon = {"$expr": {"$lte": ["$due_at", _from_now(LEASE)]}}  # what rests is due later than any that runs
        running = {**soon, "group": SLOW, "host": HOST, "holder": {"$ne": None}, "$nor": [DUE]}
        full = self.collection.count_documents(running) >= max(1, Conf.WORKERS - 1)
        return {**DUE, "group": {"$ne": SLOW}} if full else DUE

    def renew(self, hold: Hold, process: str) -> None:
        """Hold a call for LEASE from now; `process` is who works on it."""
        self.collection.update_one(_held(hold), [{"$set": {"due_at": _from_now(LEASE), "process": process}}])

    def acknowledge(self, task_id: Hold) -> None:
        """It is done: away with it, or due again where it was asked for meanwhile. Another's hold stays."""
        if not self.collection.delete_one({**_held(task_id), "again": False}).deleted_count:
            done = {"due_at": "$$NOW", "holder": None, "process": None, "deaths": 0}
            self.collection.update_one(_held(task_id), [{"$set": done}])

    def fail(self, task_id: Hold) -> None:
        """It cannot be read, because SECRET_KEY has changed or somebody has changed it."""
        self.collection.delete_one(_held(task_id))

    def bury(self, process: str) -> None:
        """A process was killed at its work: that is due at once; what has killed MOST_DEATHS of them rests for REST."""
        deaths = {"$add": [{"$ifNull": ["$deaths", 0]}, 1]}
        due_at = {"$cond": [{"$gte": ["$deaths", MOST_DEATHS]}, _from_now(REST), "$$NOW"]}
        lost = [{"$set": {"deaths": deaths, "process": None}}, {"$set": {"due_at": due_at}}]
        self.collection.update_many({"process": process}, lost)

    def queue_size(self) -> int:
        return self.collection.count_documents(DUE)

    def lock_size(self) -> int:
        return self.collection.count_documents({"$nor": [DUE]})

    def deadly(self) -> dict[str, int]:
        """Calls that rest for REST between tries, and how many processes each has killed."""
        return {call["_id"]: call["deaths"] for call in self.collection.find({"deaths": {"$gte": MOST_DEATHS}})}

    def purge_queue(self) -> int:
        return self.collection.delete_many({}).deleted_count

    def ping(self) -> bool:
        return bool(self.info())

    def info(self) -> str:
        return f"MongoDB {database().client.server_info()['version']}"


def call_of(task: Document) -> str:
    """The call in Python's words, which is its identity."""
    words = [repr(value) for value in task["args"]] + [f"{name}={value!r}" for name, value in task["kwargs"].items()]
    return f"{get_func_repr(task['func'])}({', '.join(words)})"


def _held(hold: Hold) -> Document:
    return {"_id": hold[0], "holder": hold[1]}
