"""The fresh Python in which a worker does a training run; `manage.py train` forks its own: forked.py."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from django.conf import settings
from django.db import connection

from aqi_project.mongo import is_away
from aqi_project.processes import die_with_parent

AGAIN = 75  # exit code of a training that lost its database: EX_TEMPFAIL of sysexits.h
TAIL = 4_000  # characters of a dead process' last words


@contextmanager
def done_again_without_database() -> Iterator[None]:
    """End the process with AGAIN where the database goes away: nothing is wrong with the training."""
    try:
        yield
    except Exception as error:
        if is_away(error):
            raise SystemExit(AGAIN) from error
        raise


class Trainer(Protocol):
    """A process that does one run."""

    def ended(self, seconds: float) -> int | None:
        """Its exit code, negative for a signal; None where it still runs after so many seconds."""

    def kill(self) -> None: ...

    def last_words(self) -> str: ...


class Fresh:
    """`manage.py train_one`: whatever the worker has loaded or leaked, the training starts from nothing."""

    def __init__(self, run: str) -> None:
        own = {"MONGODB_NAME": str(connection.settings_dict["NAME"]), "OMP_NUM_THREADS": "1"}
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115  (read and closed by last_words)
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "train_one", run],
            cwd=settings.BASE_DIR, env={**os.environ, **own}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=self._said, preexec_fn=die_with_parent,
        )  # fmt: skip

    def ended(self, seconds: float) -> int | None:
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        self._process.kill()

    def last_words(self) -> str:
        with self._said as said:
            said.seek(0)
            return said.read()[-TAIL:]
