"""Tasks that nobody would want."""

import os
import signal


def fail() -> None:
    raise ValueError("This task always fails.")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
