"""django-q2's guard of its forked processes, which starts all anew where one of them was killed."""

import os
import signal
import sys
from multiprocessing.process import BaseProcess

from django_q import cluster

from aqi_project.lease import name_of


class Sentinel(cluster.Sentinel):
    """A process that is killed may take the lock of the queue that all of them read, and the others then wait for ever.

    The shield (aqi_project/processes.py), systemd or the container's engine starts the cluster again.
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


def install() -> None:
    """The cluster looks the class up by its name when it starts."""
    cluster.Sentinel = Sentinel
