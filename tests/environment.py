"""A MongoDB of the tests' own: started before Django reads its settings, gone after the last test.

Loaded by pytest as a plugin (see pyproject.toml). TEST_MONGODB_URI names another server instead.
"""

import atexit
import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from aqi_project.mongodb import mongod

EXAMPLE = (Path(__file__).resolve().parent.parent / ".env.example").read_text()
SETTINGS = set(re.findall(r"^# ([A-Z_]+)=", EXAMPLE, re.MULTILINE))  # there are no others
_stack = contextlib.ExitStack()


def _start() -> None:
    folder = Path(tempfile.mkdtemp(prefix="aqi-tests-"))
    _stack.callback(shutil.rmtree, folder, ignore_errors=True)
    for name in SETTINGS:
        os.environ[name] = ""  # neither the developer's settings nor their .env
    os.environ["MONGODB_URI"] = os.environ.get("TEST_MONGODB_URI") or _stack.enter_context(
        mongod.running(mongod.free_port(), folder / "mongodb")
    )
    os.environ.update({"AQI_SOURCE": "replay", "VAR_DIR": str(folder / "var")})
    os.environ["API_ANONYMOUS_PER_MINUTE"] = "1000000"  # the limit's own tests set it low
    atexit.register(_stack.close)


_start()
