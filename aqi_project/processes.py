"""Processes that end together, and in the right order."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1  # from Linux' sys/prctl.h
GRACE = timedelta(seconds=4)  # for what was asked to end
SETTLED = timedelta(seconds=5)  # what has lived so long is started again however often it ends
MOST_FAILURES = 3  # of what never has; the database may just have been away
PAUSE = timedelta(seconds=0.5)  # before the next start, and twice as long after each such failure
POLL = timedelta(seconds=0.1)
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent dies, however it dies. Elsewhere: does nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A command in a session of its own, started again when it ends, unless it fails at once and goes on failing."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._command, self._folder, self._environment = list(command), folder, environment
        self._has_settled, self._failures = False, 0
        self._start()

    def _start(self) -> None:
        self._started = time.monotonic()
        self._due: float | None = None  # when it is to be started again; None while it lives
        self._process = subprocess.Popen(
            self._command, cwd=self._folder, env=self._environment, start_new_session=True, preexec_fn=die_with_parent
        )

    def look(self) -> int | None:
        """Start it again where that may help, when its pause is over; else its exit code. None while there is hope."""
        if self._due is not None:
            if time.monotonic() >= self._due:
                self._start()
            return None
        code = self._process.poll()
        self._has_settled = self._has_settled or time.monotonic() - self._started >= SETTLED.total_seconds()
        if code is None:
            return None
        self._kill()  # whatever it left behind
        self._failures += code >= 0 and not self._has_settled
        if self._failures > MOST_FAILURES:
            return code
        print(f"It ended with code {code} and is started again: {' '.join(self._command)}", flush=True)
        self._due = time.monotonic() + PAUSE.total_seconds() * 2**self._failures
        return None

    def ask_to_end(self) -> None:
        self._process.terminate()

    def end(self, deadline: float) -> None:
        """Wait for it until then; what has not ended is killed with all that it started."""
        if self._due is not None:  # nothing of it is left, and its number may be another's by now
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(deadline - time.monotonic(), 0))
        self._kill()
        self._process.wait()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


class Guard:
    """Runs commands beside each other, passes stop signals to the first process of each alone, and revives them.

    The worker takes its forks for crashed where its whole process group gets the signal, and Ctrl-C in a terminal,
    timeouts and process managers all signal groups; its first process alone lets them finish. What has not
    ended after `grace` is killed: every task is safe to die anywhere. A command that only fails ends all of them.
    """

    def __init__(
        self,
        commands: Sequence[Sequence[str]],
        folder: Path,
        environment: Mapping[str, str],
        grace: timedelta = GRACE,
    ) -> None:
        self._commands, self._folder, self._environment, self._grace = commands, folder, environment, grace
        self._is_to_stop = False

    def run(self, meanwhile: Callable[[], None] = lambda: None) -> int:
        """The exit code of the command that cannot be kept alive; 0 where it was asked to stop.

        `meanwhile` is called several times a second.
        """
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        children = [Child(command, self._folder, self._environment) for command in self._commands]
        code = None
        while code is None and not self._is_to_stop:
            time.sleep(POLL.total_seconds())
            meanwhile()
            code = next((found for found in (child.look() for child in children) if found is not None), None)
        self._end(children)
        return code or 0

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._is_to_stop = True

    def _end(self, children: list[Child]) -> None:
        for child in children:
            child.ask_to_end()
        deadline = time.monotonic() + self._grace.total_seconds()
        for child in children:
            child.end(deadline)


if __name__ == "__main__":
    die_with_parent()
    sys.exit(Guard([sys.argv[1:]], Path.cwd(), os.environ).run())
