"""A worker renews its hold on the call that it works on, for as long as it lives and no longer."""

import contextlib
import os
import threading
from datetime import timedelta
from typing import Any

from django_q.brokers import get_broker
from django_q.signals import post_execute_in_worker, pre_execute
from pymongo.errors import PyMongoError

from aqi_project.queue.broker import HOST, LEASE, Broker, Hold

RENEW = LEASE / 4
UID = "lease"


class Lease:
    """Renewed by a thread until it ends or its process does."""

    def __init__(self, broker: Broker, hold: Hold) -> None:
        self._broker, self._hold = broker, hold
        self._ended = threading.Event()
        threading.Thread(target=self._renew, name="lease", daemon=True).start()

    def end(self) -> None:
        self._ended.set()

    def _renew(self) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(PyMongoError):  # nobody else can take it either while the database is away
                self._broker.renew(self._hold, name_of(os.getpid()))
            self._ended.wait(RENEW / timedelta(seconds=1))


_leases: list[Lease] = []  # of this process: none, or the one of the present call


def name_of(pid: int) -> str:
    """A process among those of all machines."""
    return f"{HOST}:{pid}"


def begin(task: dict[str, Any], **kwargs: Any) -> None:
    _leases.append(Lease(get_broker(), task["ack_id"]))


def end(**kwargs: Any) -> None:
    while _leases:
        _leases.pop().end()


def install() -> None:
    pre_execute.connect(begin, dispatch_uid=UID)
    post_execute_in_worker.connect(end, dispatch_uid=UID)
