"""Who begins to send is watched as soon as there is enough to learn from, without anybody asking."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from aqi_project.mongo import collection
from detection.lifecycle.training import runs
from detection.models import Reason, Series, TrainingRun
from detection.tasks import adopt_newcomers
from ingestion.models import Reading
from tests.detection.trained import KEY, make_series, make_version
from tests.factories import HOUR, reading_document, this_hour

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lahore")]
ENOUGH = 24 * 14 + 1  # hours


def read(hours: int) -> None:
    """PM2.5 of the last hours."""
    times = [this_hour() - number * HOUR for number in range(hours)]
    if times:
        collection(Reading).insert_many([reading_document("lahore", at, values={"pm2_5": 50.0}) for at in times])


def asked() -> list[tuple[str, str]]:
    return list(TrainingRun.objects.order_by("series").values_list("series", "reason"))


def test_a_station_that_was_added_gets_its_first_training_by_itself() -> None:
    read(ENOUGH)
    assert adopt_newcomers() == 1
    assert asked() == [(KEY, Reason.FIRST)]
    assert Series.objects.get(key=KEY).champion is None


def test_it_is_asked_for_once() -> None:
    read(ENOUGH)
    for _ in range(3):
        adopt_newcomers()
    assert len(asked()) == 1


def test_what_failed_is_tried_again_after_a_day_of_readings() -> None:
    read(ENOUGH)
    adopt_newcomers()
    runs.fail(TrainingRun.objects.get(), "There is too little of it.")
    assert adopt_newcomers() == 0
    later = this_hour() + 24 * HOUR
    collection(Reading).insert_one(reading_document("lahore", later, values={"pm2_5": 50.0}))
    assert adopt_newcomers() == 1


def test_a_variable_that_comes_later_is_taken_up_beside_those_that_are_served() -> None:
    read(ENOUGH)
    make_version(make_series(champion=1, last_number=1), 1, this_hour())
    assert adopt_newcomers() == 0
    collection(Reading).update_many({}, {"$set": {"values.humidity": 60.0}})
    adopt_newcomers()
    assert asked() == [("lahore/humidity", Reason.FIRST)]


@pytest.mark.parametrize("hours", [0, 24])
def test_too_few_readings_are_waited_for(hours: int) -> None:
    read(hours)
    assert adopt_newcomers() == 0
    assert not Series.objects.exists()


def test_a_series_that_an_admin_has_switched_off_is_left_alone() -> None:
    read(ENOUGH)
    make_series(is_active=False)
    assert adopt_newcomers() == 0


@pytest.mark.parametrize("hours", [0, 48])
def test_too_little_to_train_is_said(hours: int) -> None:
    read(hours)
    said = StringIO()
    with pytest.raises(CommandError, match="Nothing was trained"):
        call_command("train", "lahore", stderr=said)
    assert "lahore: there is nothing to train. A variable needs 336 readings" in said.getvalue()
