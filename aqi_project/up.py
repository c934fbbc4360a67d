"""`make run`: the whole system with one command, and its orderly end."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

from aqi_project import mongod
from aqi_project.database import refuse_unreachable
from aqi_project.errors import ConfigurationError
from aqi_project.ports import refuse_taken
from aqi_project.processes import STOP_SIGNALS, die_with_parent

READY_LIMIT = timedelta(seconds=60)
STOP_LIMIT = timedelta(seconds=7)


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
    environment = {**os.environ, "HOST": host, "PORT": str(port), "SITE_URL": site}  # honcho counts PORT up
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
    setup = [sys.executable, "manage.py", "setup"]
    done = subprocess.run(setup, check=False, cwd=folder, env=environment, preexec_fn=die_with_parent)
    if done.returncode:
        return done.returncode
    process = subprocess.Popen(
        ["honcho", "start"], cwd=folder, env=environment, start_new_session=True, preexec_fn=die_with_parent
    )
    try:
        _announce(process, port)
        return process.wait()
    finally:
        _stop(process)


def _announce(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + READY_LIMIT.total_seconds()
    address = f"http://localhost:{port}"
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urlopen(f"{address}/health/ready", timeout=2):  # noqa: S310
            print(
                f"\n  The air is at   {address}/\n  Administration  {address}/admin/  (make admin-password)\n"
                f"  API             {address}/api/docs\n  Ctrl-C ends everything.\n",
                flush=True,
            )
            return
        time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave processes behind
    process.terminate()
    try:
        process.wait(STOP_LIMIT.total_seconds())
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
