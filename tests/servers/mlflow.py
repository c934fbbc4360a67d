"""A real MLflow server, from a Python of its own (TEST_MLFLOW names its `mlflow`)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aqi_project.mongodb.mongod import free_port
from tests.waiting import answers, wait_until

COMMAND = os.environ.get("TEST_MLFLOW", "")
START_LIMIT = 120.0  # seconds


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Its address; what it keeps lies in `folder`."""
    port = free_port()
    command = [COMMAND, "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    stored = [
        "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination",
        str(folder / "artifacts"),
    ]
    own = {"MLFLOW_DISABLE_TELEMETRY": "true"}
    with subprocess.Popen([*command, *stored], cwd=folder, env={**os.environ, **own}) as process:
        try:
            wait_until(lambda: answers(f"http://127.0.0.1:{port}/health"), START_LIMIT)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
