import gc
import sys

from aqi_project.queue import memory


def test_what_tasks_need_is_loaded_before_the_fork_and_left_alone_by_the_collector() -> None:
    memory.preload()
    assert {"pandas", "sklearn.ensemble", "detection.tasks", "alerts.tasks"} <= set(sys.modules)
    assert gc.get_freeze_count() > 100_000
