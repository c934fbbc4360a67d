"""What several tests of settings need."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from aqi_project.environment import Environment


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Environment]:
    """May change the process's environment: it is put back afterwards."""
    before = dict(os.environ)
    yield Environment(tmp_path)
    os.environ.clear()
    os.environ.update(before)
