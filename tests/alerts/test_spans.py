"""Lengths of time in words."""

from datetime import timedelta

import pytest

from alerts.templatetags.spans import spoken


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=0.4), "1 second"),
        (timedelta(seconds=90), "90 seconds"),
        (timedelta(minutes=100), "100 minutes"),
        (timedelta(hours=4, minutes=31), "5 hours"),
        (timedelta(hours=50), "2 days"),
    ],
)
def test_a_length_is_told_roughly(length: timedelta, words: str) -> None:
    assert spoken(length) == words
