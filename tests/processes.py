"""Other processes on the tests' database."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


def environment(**more: str) -> dict[str, str]:
    """Of a process that shares the database with the test."""
    return {**os.environ, "MONGODB_NAME": str(connection.settings_dict["NAME"]), **more}


@contextmanager
def python(*arguments: object) -> Iterator["subprocess.Popen[str]"]:
    """A Python with these arguments that has said that it is ready; killed at the end."""
    command = [sys.executable, *map(str, arguments)]
    own = environment(DJANGO_SETTINGS_MODULE="aqi_project.settings")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=settings.BASE_DIR, env=own, **pipes) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def go(process: "subprocess.Popen[str]") -> None:
    """To one that waits for a line."""
    process.stdin.write("\n")
    process.stdin.flush()
