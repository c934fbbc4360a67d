"""What the worker's processes share, and what they give back after each task."""

import contextlib
import ctypes
import gc
from importlib import import_module
from typing import Any

from django.conf import settings
from django.dispatch import Signal
from django_q.signals import post_execute_in_worker

UID = "memory"
before_fork = Signal()  # what its receivers keep in memory, the worker's processes share


def preload() -> None:
    """Before the fork: load what tasks need, and keep the garbage collector off it, or each process would copy it."""
    for name in settings.WORKER_PRELOADS:
        import_module(name)
    before_fork.send_robust(sender=None)
    gc.collect()
    give_back()
    gc.freeze()


def give_back(**kwargs: Any) -> None:
    """What a task has freed goes back to the system. glibc alone knows how; elsewhere nothing happens."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def install() -> None:
    post_execute_in_worker.connect(give_back, dispatch_uid=UID)
