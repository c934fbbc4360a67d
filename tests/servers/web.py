"""A real daphne on the tests' database."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from django.conf import settings
from django.db import connection

from aqi_project.mongodb.mongod import free_port

START_LIMIT = 60.0  # seconds


@dataclass(frozen=True)
class Web:
    """A web process that answers at `address`, which has no slash at its end."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def daphne(application: str = "aqi_project.asgi:application", **more: str) -> Iterator[Web]:
    """Started with these settings as well, and killed at the end."""
    port = free_port()
    environment = {**os.environ, "MONGODB_NAME": str(connection.settings_dict["NAME"]), "PORT": str(port), **more}
    command = [str(Path(sys.executable).parent / "daphne"), "--bind", "127.0.0.1", "--port", str(port)]
    arguments = [*command, "--verbosity", "0", application]
    with subprocess.Popen(arguments, cwd=settings.BASE_DIR, env=environment) as process:
        try:
            web = Web(process, port)
            _wait_for(web)
            yield web
        finally:
            process.kill()


def _wait_for(web: Web) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and web.process.poll() is None:
        try:
            urlopen(f"{web.address}/health/live", timeout=2).close()  # noqa: S310 (our own address)
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"daphne did not answer at {web.address}")
