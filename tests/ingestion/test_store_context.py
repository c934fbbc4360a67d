"""What a new reading is judged with is read, never written, and is as much as a look at everything would find."""

from datetime import UTC, datetime, timedelta

import pytest

from ingestion.models import Reading, Station
from ingestion.observation import Observation
from ingestion.storing.store import store
from tests.ingestion.hours import recorded, station, stored

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
START = datetime(2025, 11, 1, tzinfo=UTC)
STEADY = {"run": 1, "floor": 0.0, "floor_run": 1}  # so that few rows are enough to see a value stand still
# How often a station that should report each hour does, where it rests, and the first reading that has rested too long.
RHYTHMS = [(HOUR / 6, 7.0, 28), (3 * HOUR, 0.0, 23)]


def observed(hour: int) -> Observation:
    values = {"pm2_5": 150.0 + hour % 7, "pm10": 200.0 + hour % 5, "so2": 9.0 + hour % 3}
    return Observation(START + hour * HOUR, values, "openweather")


def resting(step: timedelta, value: float) -> list[Observation]:
    return [Observation(START + n * step, {"torque": value}, "openweather") for n in range(34)]


def flagged(slug: str = "lahore") -> list[int]:
    """The places of the readings in doubt."""
    return [place for place, one in enumerate(stored(slug)) if one["flags"]]


def test_a_new_reading_leaves_the_index_of_days_ago_as_it_was():
    station = Station.objects.create(slug="lahore", name="Lahore", provider="openweather")
    store(station, [observed(hour) for hour in range(72)])
    before = dict(Reading.objects.filter(at__gte=START + 3 * HOUR).values_list("at", "aqi"))
    for hour in range(72, 78):
        store(station, [observed(hour)])
    after = dict(Reading.objects.filter(at__in=before).values_list("at", "aqi"))
    assert after == before
    assert min(before.values()) > 150


@pytest.mark.parametrize(("step", "value", "first"), RHYTHMS)
def test_a_sensor_at_its_own_rhythm_is_seen_to_stand_still_at_once(step, value, first):
    lahore, sent = station(), resting(step, value)
    store(lahore, sent[:28])
    for observation in sent[28:]:
        store(lahore, [observation])
    assert flagged() == list(range(first, 34))


@pytest.mark.parametrize(("step", "value", "first"), RHYTHMS)
def test_a_correction_is_felt_for_as_long_as_a_value_may_rest(step, value, first):
    lahore, sent = station(), resting(step, value)
    store(lahore, sent)
    assert flagged() == list(range(first, 34))
    moved = 3
    store(lahore, [Observation(sent[moved].at, {"torque": 9.0}, "openweather")])
    assert flagged() == list(range(moved + 1 + first, 34))


def test_the_index_looks_back_a_day_also_where_few_rows_tell_what_stands_still():
    habits = dict.fromkeys(("co", "no", "no2", "o3", "so2", "pm2_5", "pm10", "nh3"), STEADY)
    lahore, hours = station(habits=habits), recorded(40)
    store(station("whole", habits=habits), hours)
    store(lahore, hours[:34])
    for hour in hours[34:]:
        store(lahore, [hour])
    assert stored() == stored("whole")
