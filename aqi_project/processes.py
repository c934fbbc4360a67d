"""Processes that end together, and in the right order."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from types import FrameType

PR_SET_PDEATHSIG = 1  # from Linux' sys/prctl.h
GRACE = timedelta(seconds=4)  # up.py waits 7 s before it kills
SETTLED = timedelta(seconds=5)  # what fails earlier, and never lived so long, would only fail again
PAUSE = timedelta(seconds=0.5)  # before the next start
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent dies, however it dies. Elsewhere: does nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Shield:
    """Runs a command in a session of its own, passes stop signals to its first process alone, and revives it.

    django-q2's cluster hangs when its whole process group gets the signal (its sentinel dies first and the parent
    waits for it for ever), and Ctrl-C in a terminal, timeouts and process managers all signal groups. What has not
    ended after GRACE is killed with all that it started: every task is safe to die anywhere. A command that is killed,
    or that ends unasked once it has lived for SETTLED, is started again.
    """

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False

    def run(self) -> int:
        """The exit code of the command; 0 where it was asked to stop."""
        die_with_parent()
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        signal.signal(signal.SIGALRM, self._kill)
        settled = False
        while True:
            started = time.monotonic()
            code = self._run_once()
            settled = settled or time.monotonic() - started >= SETTLED.total_seconds()
            if self._stopping:
                return 0
            if code >= 0 and not settled:
                return code
            print(f"It ended with code {code} and is started again: {' '.join(self._command)}", flush=True)
            time.sleep(PAUSE.total_seconds())

    def _run_once(self) -> int:
        self._process = subprocess.Popen(self._command, start_new_session=True, preexec_fn=die_with_parent)
        if self._stopping:  # the signal came just before
            self._process.terminate()
        code = self._process.wait()
        self._kill()  # whatever it left behind
        return code

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self._stopping:
            return
        self._stopping = True
        signal.alarm(int(GRACE.total_seconds()))
        if self._process is not None:
            self._process.terminate()

    def _kill(self, number: int = 0, frame: FrameType | None = None) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(Shield(sys.argv[1:]).run())
