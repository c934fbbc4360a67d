"""Stored readings as frames: the station's own columns, and those of its neighbours beside them."""

from datetime import timedelta

import pytest

from detection import frames
from ingestion.models import Station
from ingestion.observation import Observation
from ingestion.storing.catalogue import ensure_pollutants
from ingestion.storing.store import store
from tests.factories import this_hour

HOUR = timedelta(hours=1)
PUSH = Station.Provider.PUSH

pytestmark = pytest.mark.django_db


def station(slug: str, values: list[float], late: timedelta = timedelta(0), **fields: object) -> Station:
    """A station of Lahore that has sent so many hours of PM2.5 and NO2, the newest `late` before this hour."""
    ensure_pollutants()
    made = Station.objects.create(slug=slug, name=slug, city="lahore", **fields)
    first = this_hour() - (len(values) - 1) * HOUR - late
    sent = [
        Observation(first + place * HOUR, {"pm2_5": value, "no2": 40.0 + place}, PUSH)
        for place, value in enumerate(values)
    ]
    store(made, sent)
    return made


def test_a_neighbour_stands_beside_our_own_readings_and_adds_no_row() -> None:
    ours = station("mall", [50.0, 60.0])
    station("ravi", [70.0, 80.0, 90.0, 95.0], late=-HOUR)
    frame = frames.with_neighbours(ours)
    assert frame["pm2_5"].tolist() == [50.0, 60.0]
    assert frame["pm2_5@ravi"].tolist() == [80.0, 90.0]


def test_a_neighbour_is_never_newer_and_never_a_whole_interval_older() -> None:
    ours = station("mall", [50.0, 60.0])
    station("ravi", [70.0, 80.0], late=timedelta(minutes=50))
    station("johar", [71.0], late=HOUR)
    frame = frames.with_neighbours(ours)
    assert frame["pm2_5@ravi"].tolist() == [70.0, 80.0]
    assert frame["pm2_5@johar"].isna().tolist() == [False, True]


def test_only_stations_of_the_city_are_neighbours_the_nearest_first() -> None:
    ours = station("mall", [50.0], latitude=31.55, longitude=74.34)
    station("far", [50.0], latitude=31.9, longitude=74.34)
    station("near", [50.0], latitude=31.56, longitude=74.34)
    station("nowhere", [50.0])
    Station.objects.create(slug="karachi", name="Karachi", city="karachi")
    Station.objects.create(slug="asleep", name="Asleep", city="lahore", is_active=False)
    Station.objects.create(slug="played", name="Played", city="lahore", provider=Station.Provider.REPLAY)
    assert frames.nearest(ours) == ["near", "far", "nowhere"]


def test_the_nearest_are_nearest_in_kilometres() -> None:
    """In Oslo a degree to the east is half as far as one to the north."""
    ours = station("oslo", [50.0], latitude=59.9, longitude=10.7)
    station("to-the-north", [50.0], latitude=59.98, longitude=10.7)
    station("to-the-east", [50.0], latitude=59.9, longitude=10.8)
    assert frames.nearest(ours) == ["to-the-east", "to-the-north"]


def test_a_station_without_a_city_has_no_neighbours() -> None:
    for slug in ("temp-01", "temp-02"):
        Station.objects.create(slug=slug, name=slug)
    assert frames.nearest(Station.objects.get(slug="temp-01")) == []


def test_a_series_is_judged_by_its_own_variable_at_the_neighbours() -> None:
    ours = station("mall", [50.0])
    station("ravi", [70.0])
    frame = frames.of_series(frames.with_neighbours(ours), "pm2_5")
    assert set(frame) == {"pm2_5", "no2", "pm2_5@ravi"}
