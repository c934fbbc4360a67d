"""`manage.py train` trains each series in a process of its own, forked from one that has the libraries loaded.

Loading them takes as long as a third of a training; and what a training breaks or leaks ends with its process.
"""

from __future__ import annotations

import os
import signal
import threading
from functools import cache
from multiprocessing import get_context, parent_process
from multiprocessing.context import ForkServerContext

from django.db import connection

from aqi_project.processes import die_with_parent

PRELOADED = "detection.lifecycle.training.preload"


@cache
def context() -> ForkServerContext:
    """Its server is started by the first process that is asked for, and ends with this process and the last of them."""
    found = get_context("forkserver")
    found.set_forkserver_preload([PRELOADED])
    return found


class Forked:
    """Starts at once, with the libraries loaded. A worker may not have it: its processes are not allowed children."""

    def __init__(self, run: str) -> None:
        database = connection.settings_dict["NAME"]
        self._process = context().Process(target=train, args=(run, database), daemon=True)
        self._process.start()

    def ended(self, seconds: float) -> int | None:
        self._process.join(seconds)
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def last_words(self) -> str:
        return ""  # it speaks to the same terminal


def die_with_starter() -> None:
    """End this forked process with the one that asked for it, however that ends; its own parent is the server.

    Ctrl-C reaches both: it ends this one without a traceback on the terminal.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    die_with_parent()
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    if starter := parent_process():
        starter.join()
        os.kill(os.getpid(), signal.SIGKILL)


def train(run: str, database: str) -> None:
    """Do a training run, in the forked process. No model is imported above: Django is set up here, or already was."""
    import django

    die_with_starter()
    django.setup()
    from threadpoolctl import threadpool_limits

    from detection.lifecycle.training.outcomes import carry_out
    from detection.lifecycle.training.process import done_again_without_database
    from detection.models import TrainingRun

    connection.settings_dict["NAME"] = database
    with threadpool_limits(1), done_again_without_database():
        carry_out(TrainingRun.objects.get(pk=run))
