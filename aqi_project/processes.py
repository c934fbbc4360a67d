"""Processes that end together, and in the right order."""

import ctypes
import os
import signal
import subprocess
import sys
from datetime import timedelta
from types import FrameType

PR_SET_PDEATHSIG = 1  # from Linux' sys/prctl.h
GRACE = timedelta(seconds=4)  # honcho waits 5 s before it kills


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent dies, however it dies. Elsewhere: does nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def shield(command: list[str]) -> int:
    """Run `command` in a session of its own and pass stop signals to its first process alone; its exit code.

    django-q2's cluster hangs when its whole process group gets the signal (its sentinel dies first and the parent
    waits for it for ever), and Ctrl-C in a terminal, timeouts and process managers all signal groups. What has not
    ended after GRACE is killed with all that it started: every task is safe to die anywhere.
    """
    die_with_parent()
    process = subprocess.Popen(command, start_new_session=True, preexec_fn=die_with_parent)
    stopping = False

    def forward(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            process.terminate()
            signal.alarm(int(GRACE.total_seconds()))

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, forward)
    signal.signal(signal.SIGALRM, lambda number, frame: _kill_group(process.pid))
    code = process.wait()
    _kill_group(process.pid)  # whatever it left behind
    return 0 if stopping else code


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    sys.exit(shield(sys.argv[1:]))
