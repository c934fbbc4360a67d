"""What the tests themselves stand on: a database that is filled once, and copied for each test."""

import pytest

from detection.models import Series
from ingestion.models import Station
from tests.database import begin_with, flush
from tests.detection.trained import make_series
from tests.factories import make_station

pytestmark = pytest.mark.django_db


def test_what_a_test_does_to_its_copy_reaches_no_other() -> None:
    begin_with(_make)
    Station.objects.update(name="Elsewhere")
    first = Series.objects.get()
    flush()
    begin_with(_make)
    assert Station.objects.get().name == "Lahore"
    assert Series.objects.get().key == first.key
    assert Series.objects.get().pk != first.pk, "so that a process forgets its models"


def test_a_copy_is_not_taken_of_what_was_there_before() -> None:
    make_station()
    with pytest.raises(AssertionError, match="there is something already"):
        begin_with(lambda: None)


def _make() -> None:
    make_station()
    make_series()
