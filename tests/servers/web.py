"""A real daphne on the tests' database."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from aqi_project.mongodb.mongod import free_port
from tests.processes import environment
from tests.waiting import answers, wait_until

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
    command = [str(Path(sys.executable).parent / "daphne"), "--bind", "127.0.0.1", "--port", str(port)]
    arguments = [*command, "--verbosity", "0", application]
    with subprocess.Popen(arguments, cwd=settings.BASE_DIR, env=environment(PORT=str(port), **more)) as process:
        try:
            web = Web(process, port)
            wait_until(lambda: answers(f"{web.address}/health/live") or process.poll() is not None, START_LIMIT)
            assert process.poll() is None, "daphne has ended"
            yield web
        finally:
            process.kill()
