"""django-q2's guard of its forked processes and of the clock's work, made to survive kills and clocks that jump."""

import logging
import os
import signal
import sys
import time
from datetime import timedelta
from multiprocessing.process import BaseProcess
from typing import Any

from django.db import DatabaseError
from django_q import cluster, scheduler
from django_q.brokers import Broker
from django_q.models import Schedule
from pymongo.errors import PyMongoError

from aqi_project import clock
from aqi_project.queue import schedules
from aqi_project.queue.claims import CLOCKS_APART
from aqi_project.queue.lease import name_of

log = logging.getLogger(__name__)
LAST_WORDS = timedelta(seconds=1)  # of a process whose time is over, to write down what became of its task
OF_CHILDREN = {signal.SIGINT: signal.SIG_IGN, signal.SIGTERM: signal.SIG_DFL}


class Flag:
    """An event within one process. Without a lock, unlike multiprocessing's: a signal may set it at any time."""

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        self._is_set = True

    def is_set(self) -> bool:
        return self._is_set

    def wait(self, seconds: float) -> bool:
        """A signal does not end it early: the cluster waits for half a second at most."""
        time.sleep(seconds)
        return self._is_set


class Cluster(cluster.Cluster):
    """Its sentinel is the process that was started, and not a child of it that it only waits for."""

    def start(self, *, once: bool = False) -> int:
        """Work until asked to stop; `once`: until what is in the queue is done."""
        self.stop_event, self.start_event = Flag(), Flag()
        sentinel = Sentinel(self.stop_event, self.start_event, self.cluster_id, self.broker, self.timeout, start=False)
        sentinel.parent_pid = None  # its status is told under its own
        for number in OF_CHILDREN:  # which the sentinel has taken for itself
            signal.signal(number, self.sig_handler)
        if once:
            self.stop()
        sentinel.start()
        return int(self.pid)

    def stop(self) -> bool:
        self.stop_event.set()
        return True


class Sentinel(cluster.Sentinel):
    """A process that is killed may take the lock of the queue that all of them read, and the others then wait for ever.

    The guard (aqi_project/processes.py), systemd or the container's engine starts the cluster again.
    """

    def spawn_process(self, target: Any, *args: Any) -> BaseProcess:
        """Ctrl-C is for the sentinel, which lets the others finish; they end by the signal with which it ends them."""
        mine = {number: signal.signal(number, theirs) for number, theirs in OF_CHILDREN.items()}
        try:
            return super().spawn_process(target, *args)
        finally:
            for number, handler in mine.items():
                signal.signal(number, handler)

    def reincarnate(self, process: BaseProcess) -> None:
        if _hangs(process):
            process.kill()
            process.join()
            self.broker.bury(name_of(process.pid))
        elif process.exitcode is not None and process.exitcode < 0:
            print(
                f"Process {process.pid} was killed by signal {-process.exitcode}: the worker starts anew.", flush=True
            )
            self.broker.bury(name_of(process.pid))
            self._end_all()
        super().reincarnate(process)

    def _end_all(self) -> None:
        for one in [*self.pool, self.monitor, self.pusher]:
            one.kill()
        sys.stdout.flush()
        os._exit(1)


def _hangs(process: BaseProcess) -> bool:
    """Whether its task has no time left, and not even an alarm has ended it, as in a library that never comes back."""
    if getattr(process, "timer", None) is None or process.timer.value != 0:
        return False
    process.join(LAST_WORDS.total_seconds())
    return process.is_alive()


def schedule(broker: Broker | None = None) -> None:
    """Queue what is due by the clock."""
    try:
        set_aside()
        bring_back()
    except (DatabaseError, PyMongoError) as error:
        log.warning("The schedules wait for the database: %s", error)
        return
    scheduler.scheduler(broker)


def set_aside() -> None:
    """What cannot be run gets no next run: django-q2 would stop at it, and not come to what is due after it."""
    for row, why in schedules.faulty(schedules.wanted()):
        if row.next_run:
            log.error("The scheduled task %s is set aside. %s", row.name or row.func, why)
            Schedule.objects.filter(pk=row.pk).update(next_run=None)


def bring_back() -> None:
    """What is to run later than its own period from now was put off by a clock that has been set back: it is due."""
    now = clock.now()
    for row in Schedule.objects.filter(schedule_type=Schedule.MINUTES, next_run__gt=now + CLOCKS_APART):
        if row.next_run > now + timedelta(minutes=row.minutes or 1) + CLOCKS_APART:
            Schedule.objects.filter(pk=row.pk).update(next_run=now)


def install() -> None:
    """The sentinel looks it up by its name."""
    cluster.scheduler = schedule
