"""django-q2's guard of its forked processes and of the clock's work, made to survive kills and clocks that jump."""

import logging
import os
import signal
import sys
from datetime import timedelta
from multiprocessing.process import BaseProcess

from django.db import DatabaseError
from django_q import cluster, scheduler
from django_q.brokers import Broker
from django_q.models import Schedule
from pymongo.errors import PyMongoError

from aqi_project import clock
from aqi_project.queue.claims import CLOCKS_APART
from aqi_project.queue.lease import name_of

log = logging.getLogger(__name__)


class Sentinel(cluster.Sentinel):
    """A process that is killed may take the lock of the queue that all of them read, and the others then wait for ever.

    The guard (aqi_project/processes.py), systemd or the container's engine starts the cluster again.
    """

    def reincarnate(self, process: BaseProcess) -> None:
        if process.exitcode is not None and process.exitcode < 0:
            print(
                f"Process {process.pid} was killed by signal {-process.exitcode}: the worker starts anew.", flush=True
            )
            self.broker.bury(name_of(process.pid))
            self._end_all()
        super().reincarnate(process)

    def _end_all(self) -> None:
        for one in [*self.pool, self.monitor, self.pusher]:
            one.kill()
        os.kill(self.parent_pid, signal.SIGKILL)
        sys.stdout.flush()
        os._exit(1)


def schedule(broker: Broker | None = None) -> None:
    """Queue what is due by the clock."""
    try:
        bring_back()
    except (DatabaseError, PyMongoError) as error:
        log.warning("The schedules wait for the database: %s", error)
        return
    scheduler.scheduler(broker)


def bring_back() -> None:
    """What is to run later than its own period from now was put off by a clock that has been set back: it is due."""
    now = clock.now()
    for row in Schedule.objects.filter(schedule_type=Schedule.MINUTES, next_run__gt=now + CLOCKS_APART):
        if row.next_run > now + timedelta(minutes=row.minutes) + CLOCKS_APART:
            Schedule.objects.filter(pk=row.pk).update(next_run=now)


def install() -> None:
    """The cluster looks both up by their names when it starts."""
    cluster.Sentinel, cluster.scheduler = Sentinel, schedule
