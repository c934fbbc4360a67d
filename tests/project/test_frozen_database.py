"""A database that takes every question and answers none."""

import os
import signal
import time

import httpx

from aqi_project.mongodb import mongod
from tests.servers.web import daphne

HEARTBEAT = 10  # seconds between two questions of pymongo's whether a server is there


def test_a_page_waits_no_longer_for_a_frozen_database_than_the_settings_say(tmp_path):
    """One that is dead refuses at once; that this one hangs, only its heartbeat tells."""
    quick = {"MONGODB_TIMEOUT_SECONDS": "1"}
    with mongod.running(mongod.free_port(), tmp_path) as uri, daphne(MONGODB_URI=uri, **quick) as web:
        assert httpx.get(f"{web.address}/").status_code == 200
        process = int(next(tmp_path.rglob("mongod.lock")).read_text())
        os.kill(process, signal.SIGSTOP)
        began = time.monotonic()
        try:
            answer = httpx.get(f"{web.address}/", timeout=60)
        finally:
            os.kill(process, signal.SIGCONT)
    assert answer.status_code == 503
    assert time.monotonic() - began < HEARTBEAT + 8
