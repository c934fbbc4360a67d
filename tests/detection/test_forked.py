"""The processes that `manage.py train` trains in."""

import contextlib
import os
import subprocess
import sys
import time

import psutil
import pytest
from django.conf import settings

from detection.lifecycle import forked
from tests.waiting import wait_until

pytestmark = pytest.mark.processes
LIMIT = 60.0  # seconds, on a busy machine
STARTING = """
import time
from tests.detection import test_forked
test_forked.forked.context().Process(target=test_forked.train_for_ever).start()
time.sleep(600)
"""


def train_for_ever() -> None:
    forked.die_with_starter()
    print(os.getpid(), flush=True)
    time.sleep(600)


def test_a_training_ends_with_a_command_that_is_killed() -> None:
    """Nobody would renew its claim, so that another training of the series could begin beside it."""
    command = [sys.executable, "-c", STARTING]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        training = psutil.Process(int(starter.stdout.readline()))
        server = training.parent()
        starter.kill()
    assert server is not None
    try:
        wait_until(lambda: not training.is_running() and not server.is_running(), LIMIT)
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            training.kill()
