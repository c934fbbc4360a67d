"""A MongoDB of the tests' own: started before Django reads its settings, gone after the last test.

Loaded by pytest as a plugin (see pyproject.toml). TEST_MONGODB_URI names another server instead.
"""

import atexit
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from aqi_project import mongod

_stack = contextlib.ExitStack()


def _start() -> None:
    folder = Path(tempfile.mkdtemp(prefix="aqi-tests-"))
    _stack.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ["MONGODB_URI"] = os.environ.get("TEST_MONGODB_URI") or _stack.enter_context(
        mongod.running(mongod.free_port(), folder / "mongodb")
    )
    os.environ.update({"AQI_SOURCE": "replay", "DEBUG": "false", "SITE_URL": "http://localhost:8000", "EMAIL_URL": ""})
    os.environ.pop("OPENWEATHER_API_KEY", None)
    atexit.register(_stack.close)


_start()
