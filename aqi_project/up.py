"""`make run`: the whole system with one command, and its orderly end.

It stays as long as the system does, and therefore loads neither Django nor MongoDB's driver.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from aqi_project import mongod
from aqi_project.errors import ConfigurationError
from aqi_project.ports import refuse_taken
from aqi_project.processes import STOP_SIGNALS, die_with_parent

READY_LIMIT = timedelta(seconds=60)
STOP_LIMIT = timedelta(seconds=7)
POLL = 0.2  # seconds

Process = subprocess.Popen[bytes]


def main() -> int:
    try:
        from aqi_project import settings

        for number in STOP_SIGNALS:  # SIGINT too: a shell starts what runs in its background with it ignored
            signal.signal(number, _interrupt)
        refuse_taken("PORT", settings.HOST, settings.PORT)
        with contextlib.ExitStack() as stack:
            if settings.EMBEDDED_MONGODB:
                stack.enter_context(mongod.running(settings.EMBEDDED_MONGODB_PORT, settings.VAR_DIR / "mongodb"))
            return _serve(settings.BASE_DIR, settings.HOST, settings.PORT, settings.SITE_URL)
    except ConfigurationError as error:
        print(f"Cannot start: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _serve(folder: Path, host: str, port: int, site: str) -> int:
    here = {"HOST": host, "PORT": str(port), "SITE_URL": site, "PYTHONUNBUFFERED": "1"}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, **here, "PATH": path}
    setup = [sys.executable, "manage.py", "setup"]
    done = subprocess.run(setup, check=False, cwd=folder, env=environment, preexec_fn=die_with_parent)
    if done.returncode:
        return done.returncode
    processes = [_start(command, folder, environment) for command in commands(folder / "Procfile")]
    try:
        _announce(processes, port)
        return _first_end(processes)
    finally:
        _stop(processes)


def commands(procfile: Path) -> list[str]:
    """What stands behind each name, for a shell."""
    lines = procfile.read_text().splitlines()
    return [line.partition(":")[2].strip() for line in lines if line.strip() and not line.startswith("#")]


def _start(command: str, folder: Path, environment: dict[str, str]) -> Process:
    return subprocess.Popen(
        ["sh", "-c", command], cwd=folder, env=environment, start_new_session=True, preexec_fn=die_with_parent
    )


def _announce(processes: list[Process], port: int) -> None:
    deadline = time.monotonic() + READY_LIMIT.total_seconds()
    while time.monotonic() < deadline and _all_live(processes):
        if _is_ready(port):
            address = f"http://localhost:{port}"
            print(
                f"\n  The air is at   {address}/\n  Administration  {address}/admin/  (make admin-password)\n"
                f"  API             {address}/api/docs\n  Ctrl-C ends everything.\n",
                flush=True,
            )
            return
        time.sleep(POLL)


def _is_ready(port: int) -> bool:
    asking = HTTPConnection("localhost", port, timeout=2)
    with contextlib.closing(asking), contextlib.suppress(OSError, HTTPException):
        asking.request("GET", "/health/ready")
        return asking.getresponse().status == HTTPStatus.OK
    return False


def _all_live(processes: list[Process]) -> bool:
    return all(process.poll() is None for process in processes)


def _first_end(processes: list[Process]) -> int:
    """One that ends for good (its guard has given it up) ends the whole; its exit code."""
    while _all_live(processes):
        time.sleep(POLL)
    return next(process.returncode for process in processes if process.returncode is not None)


def _stop(processes: list[Process]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave processes behind
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_LIMIT.total_seconds()
    for process in processes:
        try:
            process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
