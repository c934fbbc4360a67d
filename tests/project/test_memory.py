import gc
import sys
from typing import Any

import pytest

from aqi_project.queue import memory


@pytest.fixture
def unfrozen() -> Any:
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("unfrozen")
def test_what_tasks_need_is_loaded_before_the_fork_and_left_alone_by_the_collector() -> None:
    memory.preload()
    assert {"pandas", "sklearn.ensemble", "detection.tasks", "alerts.tasks"} <= set(sys.modules)
    assert gc.get_freeze_count() > 100_000
