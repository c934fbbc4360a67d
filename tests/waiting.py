"""Waiting for a state instead of for a time."""

import contextlib
import time
from collections.abc import Callable
from urllib.request import urlopen

POLL = 0.05  # seconds


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"It did not come true within {seconds} s.")
        time.sleep(POLL)


def answers(address: str, patience: float = 2.0) -> bool:
    """Whether a server of ours says there within so many seconds that all is well."""
    with contextlib.suppress(OSError), urlopen(address, timeout=patience):  # noqa: S310
        return True
    return False
