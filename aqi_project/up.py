"""`make run`: the whole system with one command, and its orderly end.

It stays as long as the system does, and therefore loads neither Django nor, beside a mongod, MongoDB's driver.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from aqi_project.errors import ConfigurationError
from aqi_project.mongodb import mongod
from aqi_project.ports import refuse_taken
from aqi_project.processes import GRACE, STOP_SIGNALS, Guard, die_with_parent

PATIENCE = timedelta(seconds=2)  # for an answer of the web process


def main() -> int:
    try:
        from aqi_project import settings

        for number in STOP_SIGNALS:  # SIGINT too: a shell starts what runs in its background with it ignored
            signal.signal(number, _interrupt)
        refuse_taken("PORT", settings.HOST, settings.PORT)
        with contextlib.ExitStack() as stack:
            if settings.EMBEDDED_MONGODB:
                stack.enter_context(mongod.running(settings.EMBEDDED_MONGODB_PORT, settings.VAR_DIR / "mongodb"))
            else:
                from aqi_project.mongodb.server import (
                    refuse_unreachable,  # MongoDB's driver, on a machine without a mongod
                )

                refuse_unreachable(settings.MONGODB_URI, settings.MONGODB_TIMEOUT)
            return _serve(settings.BASE_DIR, settings.HOST, settings.PORT, settings.SITE_URL)
    except ConfigurationError as error:
        print(f"Cannot start: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _serve(folder: Path, host: str, port: int, site: str) -> int:
    environment = {**os.environ, "SITE_URL": site, "PYTHONUNBUFFERED": "1"}
    setup = [sys.executable, "manage.py", "setup"]
    done = subprocess.run(setup, check=False, cwd=folder, env=environment, preexec_fn=die_with_parent)
    if done.returncode:
        return done.returncode
    guard = Guard([_web(host, port), _worker()], folder, environment, grace=2 * GRACE)  # the worker's guard needs one
    return guard.run(meanwhile=Announcement(host, port, site).look)


def _web(host: str, port: int) -> list[str]:
    where = ["--bind", host, "--port", str(port)]
    return [sys.executable, "-m", "daphne", *where, "--verbosity", "0", "aqi_project.asgi:application"]


def _worker() -> list[str]:
    """With a guard of its own: where this process is killed, that one still ends all that the worker has forked."""
    return [sys.executable, "-m", "aqi_project.processes", sys.executable, "manage.py", "qcluster"]


class Announcement:
    """Tells where to look, once, when pages are served."""

    def __init__(self, host: str, port: int, site: str) -> None:
        self._host, self._port, self._site = host, port, site
        self._is_made = False

    def look(self) -> None:
        if self._is_made or not self._is_served():
            return
        self._is_made = True
        print(
            f"\n  The air is at   {self._site}/\n  Administration  {self._site}/admin/  (make admin-password)\n"
            f"  API             {self._site}/api/docs\n  Ctrl-C ends everything.\n",
            flush=True,
        )

    def _is_served(self) -> bool:
        """Whether it answers, and not that something is away: ALLOWED_HOSTS need not have the name that is asked for.

        Asked by hand: the library's client is a quarter of this process.
        """
        asked = f"GET /health/ready HTTP/1.0\r\nHost: {urlsplit(self._site).netloc}\r\n\r\n"
        with (
            contextlib.suppress(OSError),
            socket.create_connection((self._host, self._port), PATIENCE.total_seconds()) as asking,
        ):
            asking.sendall(asked.encode())
            return asking.recv(64).partition(b" ")[2].startswith((b"2", b"4"))
        return False


if __name__ == "__main__":
    sys.exit(main())
