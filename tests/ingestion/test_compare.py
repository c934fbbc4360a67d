"""Stations beside each other: who is there, how far apart, and whose number is the city's."""

from datetime import timedelta

import pytest
from django.db import connection

from aqi_project import clock
from aqi_project.mongo import newest_stages
from ingestion.models import Reading, Station
from ingestion.observation import Observation
from ingestion.stations.compare import disagreement, headline, times_apart
from ingestion.stations.status import status, statuses
from ingestion.storing.store import store
from tests.commands import commands
from tests.ingestion.hours import HOUR, START, station

pytestmark = pytest.mark.django_db


def sent(slug: str, age: timedelta = timedelta(), **fields: object) -> Station:
    """A station whose newest reading is so old."""
    found = station(slug, **fields)
    store(found, [Observation(clock.now() - age, {"pm2_5": 80.0}, found.provider)])
    return found


@pytest.mark.parametrize(("age", "presence"), [(0.1, "live"), (2.1, "late"), (3.1, "silent")])
def test_a_station_is_live_late_or_silent(age, presence):
    assert status(sent("lahore", age * HOUR)) == presence


def test_a_station_that_has_never_sent_is_silent():
    assert status(station()) == "silent"


def test_many_stations_are_asked_for_at_once_by_jumps_through_the_index():
    there = [sent("live"), sent("late", 2.1 * HOUR), sent("silent", 3.1 * HOUR), station("new")]
    store(there[0], [Observation(clock.now() - hours * HOUR, {"pm2_5": 80.0}, "") for hours in range(1, 60)])
    with commands() as asked:
        assert statuses(there) == {"live": "live", "late": "late", "silent": "silent", "new": "silent"}
    assert asked == ["aggregate"]
    steps = newest_stages("station", "at", ["live", "late"])
    plan = connection.database.command(
        "explain", {"aggregate": Reading._meta.db_table, "pipeline": steps, "cursor": {}}, verbosity="executionStats"
    )
    assert "DISTINCT_SCAN" in str(plan)


def test_the_sources_of_a_city_are_compared_hour_by_hour():
    first, second, third = (station(slug) for slug in ("a", "b", "c"))
    minutes = timedelta(minutes=20)
    store(first, [Observation(START, {"pm2_5": 50.0}, ""), Observation(START + minutes, {"pm2_5": 70.0}, "")])
    store(second, [Observation(START, {"pm2_5": 90.0}, ""), Observation(START + HOUR, {"pm2_5": 30.0}, "")])
    store(third, [Observation(START, {"pm2_5": -9999.0}, "")])  # in doubt: it does not count
    both, alone = disagreement([first, second, third], "pm2_5", START, START + 5 * HOUR)
    assert (both.values, both.median, both.spread) == ({"a": 60.0, "b": 90.0}, 75.0, 1.5)
    assert (alone.at, alone.values, alone.spread) == (START + HOUR, {"b": 30.0}, None)


def test_a_value_is_compared_with_the_median_of_the_others_either_way():
    assert times_apart(10.0, [20.0, 40.0, 30.0]) == times_apart(90.0, [30.0]) == 3.0
    assert [times_apart(None, [1.0]), times_apart(1.0, []), times_apart(0.0, [1.0]), times_apart(1.0, [0.0])] == [
        None
    ] * 4


def test_the_admins_choice_is_the_headline():
    sent("measured", provider="openaq")
    sent("chosen", provider="open_meteo", is_headline=True)
    assert headline("lahore").slug == "chosen"


def test_a_silent_choice_gives_way_to_who_is_there():
    sent("chosen", 9 * HOUR, is_headline=True)
    sent("late", 2.5 * HOUR, provider="openaq")
    sent("model", provider="open_meteo")
    assert headline("lahore").slug == "model"
    sent("monitor", provider="openaq")
    assert headline("lahore").slug == "monitor"


def test_a_hidden_station_is_never_the_headline_and_no_station_none():
    sent("hidden", is_public=False, is_headline=True)
    assert headline("lahore") is None
    assert headline("karachi") is None
