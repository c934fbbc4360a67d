"""Evidently's page about the same windows that our drift check compares.

It is made by a Python of Evidently's own (EVIDENTLY_PYTHON): it wants other libraries than ours, and many.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    import pandas as pd

SCRIPT = Path(__file__).with_name("evidently_page.py")
LIMIT = timedelta(minutes=5)
SAID = 600  # characters of what went wrong
INSTALL = (
    "Evidently is not installed. It wants a Python of its own: python3 -m venv var/evidently && "
    "var/evidently/bin/pip install -r requirements-evidently.txt, then EVIDENTLY_PYTHON=var/evidently/bin/python."
)


class EvidentlyError(Exception):
    """There is no page of Evidently's. The message says why, and what to do."""


def interpreter() -> str:
    """The Python that has Evidently. Raises EvidentlyError, saying how to install it."""
    if settings.EVIDENTLY_PYTHON:
        return str(Path(settings.EVIDENTLY_PYTHON).expanduser())
    if find_spec("evidently"):
        return sys.executable
    raise EvidentlyError(INSTALL)


def write(reference: pd.DataFrame, current: pd.DataFrame, page: Path) -> None:
    """Let Evidently compare two frames column by column. Raises EvidentlyError."""
    python = interpreter()
    with tempfile.TemporaryDirectory(prefix="aqi-evidently-") as folder:
        files = [Path(folder) / name for name in ("reference.csv", "current.csv")]
        for frame, file in zip((reference, current), files, strict=True):
            frame.to_csv(file, index=False)
        _run([python, "-I", str(SCRIPT), *map(str, files), str(page)])


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            timeout=LIMIT.total_seconds(),
            env=os.environ | {"DO_NOT_TRACK": "1"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EvidentlyError(f"Evidently did not run: {error}. Look at EVIDENTLY_PYTHON.") from error
    if done.returncode:
        raise EvidentlyError(f"Evidently failed: {done.stderr.strip()[-SAID:]}")
