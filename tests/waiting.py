"""Waiting for a state instead of for a time."""

import time
from collections.abc import Callable

POLL = 0.05  # seconds


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"It did not come true within {seconds} s.")
        time.sleep(POLL)
