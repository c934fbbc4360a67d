"""Times as people say them."""

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from aqi_project.clock import span_words, time_of_day


@pytest.mark.parametrize(
    ("hour", "english", "urdu"),
    [
        (0, "12 am", "رات 12 بجے"),
        (3, "3 am", "رات 3 بجے"),
        (4, "4 am", "صبح 4 بجے"),
        (11, "11 am", "صبح 11 بجے"),
        (12, "12 pm", "دوپہر 12 بجے"),
        (15, "3 pm", "دوپہر 3 بجے"),
        (16, "4 pm", "شام 4 بجے"),
        (19, "7 pm", "شام 7 بجے"),
        (20, "8 pm", "رات 8 بجے"),
    ],
)
def test_an_hour_belongs_to_its_part_of_the_day(hour: int, english: str, urdu: str) -> None:
    at = datetime(2026, 11, 4, hour)  # noqa: DTZ001  a wall clock
    assert time_of_day(at) == english
    with translation.override("ur"):
        assert time_of_day(at) == urdu


def test_minutes_are_said_where_there_are_some() -> None:
    assert time_of_day(datetime(2026, 11, 4, 16, 5)) == "4:05 pm"  # noqa: DTZ001


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(days=2), "2 days"),
        (timedelta(hours=24), "1 day"),
        (timedelta(hours=25), "25 hours"),
        (timedelta(minutes=60), "1 hour"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(seconds=90), "90 seconds"),
        (timedelta(seconds=1), "1 second"),
    ],
)
def test_a_span_is_said_in_the_largest_unit_that_leaves_nothing_over(length: timedelta, said: str) -> None:
    assert span_words(length) == said
