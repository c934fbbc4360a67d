"""What a new reading is judged with is read, never written."""

from datetime import UTC, datetime, timedelta

import pytest

from ingestion.models import Reading, Station
from ingestion.observation import Observation
from ingestion.store import store

HOUR = timedelta(hours=1)
START = datetime(2025, 11, 1, tzinfo=UTC)


def observed(hour: int) -> Observation:
    values = {"pm2_5": 150.0 + hour % 7, "pm10": 200.0 + hour % 5, "so2": 9.0 + hour % 3}
    return Observation(START + hour * HOUR, values, "openweather")


@pytest.mark.django_db
def test_a_new_reading_leaves_the_index_of_days_ago_as_it_was():
    station = Station.objects.create(slug="lahore", name="Lahore", provider="openweather")
    store(station, [observed(hour) for hour in range(72)])
    before = dict(Reading.objects.filter(at__gte=START + 3 * HOUR).values_list("at", "aqi"))
    for hour in range(72, 78):
        store(station, [observed(hour)])
    after = dict(Reading.objects.filter(at__in=before).values_list("at", "aqi"))
    assert after == before
    assert min(before.values()) > 150
