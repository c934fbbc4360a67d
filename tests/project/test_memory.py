import gc
import sys

import pytest

from aqi_project.queue import memory
from detection.live import scoring
from detection.models import Series
from tests.detection.trained import make_version
from tests.factories import this_hour

pytestmark = pytest.mark.django_db


def test_what_tasks_need_is_loaded_before_the_fork_and_left_alone_by_the_collector() -> None:
    memory.preload()
    assert {"pandas", "sklearn.ensemble", "detection.tasks", "alerts.tasks"} <= set(sys.modules)
    assert gc.get_freeze_count() > 100_000


def test_champions_are_opened_before_the_fork_and_one_that_cannot_be_stops_nothing() -> None:
    for key, champion in (("lahore/pm2_5", 1), ("lahore/co", 7)):
        station, _, variable = key.partition("/")
        Series.objects.create(key=key, station=station, variable=variable, last_number=7, champion=champion)
    make_version(Series.objects.get(key="lahore/pm2_5"), 1, this_hour())
    scoring.model.cache_clear()
    memory.preload()
    assert scoring.model.cache_info().currsize == 1
