"""The time of day as people say it."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from aqi_project.clock import time_of_day

SAID = {
    0: "رات 12 بجے", 3: "رات 3 بجے", 4: "صبح 4 بجے", 11: "صبح 11 بجے", 12: "دوپہر 12 بجے", 15: "دوپہر 3 بجے",
    16: "شام 4 بجے", 19: "شام 7 بجے", 20: "رات 8 بجے", 23: "رات 11 بجے",
}  # fmt: skip


@pytest.mark.parametrize("hour", SAID)
def test_urdu_tells_the_part_of_the_day(hour):
    with translation.override("ur"):
        assert time_of_day(datetime(2026, 11, 23, hour, tzinfo=UTC)) == SAID[hour]
