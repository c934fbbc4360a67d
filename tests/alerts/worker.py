"""The real worker, on the test database and a local mail server, started and killed as a test wants it."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
from django.conf import settings
from django_q.brokers import get_broker

from tests import processes

ROOT = Path(settings.BASE_DIR)


def environment(mail_port: int, **more: str) -> dict[str, str]:
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{mail_port}", "EMAIL_TIMEOUT_SECONDS": "1"}
    return processes.environment(**mail, WORKERS="1", **more)


def start_worker(mail_port: int, **more: str) -> subprocess.Popen[bytes]:
    """A cluster with one worker."""
    command = [sys.executable, "-m", "aqi_project.processes", sys.executable, "manage.py", "qcluster"]
    return subprocess.Popen(command, cwd=ROOT, env=environment(mail_port, **more), start_new_session=True)


@contextlib.contextmanager
def worker(mail_port: int, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """It ends with the context however it ends."""
    process = start_worker(mail_port, **more)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """-9 to it and to all that it started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.send_signal(signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def shared_queue() -> Iterator[None]:
    """What this process queues, the worker finds, and neither leaves anything there."""
    get_broker().purge_queue()
    try:
        yield
    finally:
        get_broker().purge_queue()
