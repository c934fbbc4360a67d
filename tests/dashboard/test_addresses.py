"""A station is found below its own city; another city in the address leads there, with all that follows."""

import pytest
from django.urls import reverse

from dashboard.urls import station_pages
from tests import factories as make
from tests.cast import citizen

pytestmark = pytest.mark.django_db
NAMES = [pattern.name for pattern in station_pages]


def address(name: str, city: str, station: str) -> str:
    rest = {"event": "652f1c2e9d3b4a0012345678"} if "<str:event>" in route_of(name) else {}
    return reverse(f"dashboard:{name}", kwargs={"city": city, "station": station, **rest})


def route_of(name: str) -> str:
    return next(str(pattern.pattern) for pattern in station_pages if pattern.name == name)


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_city_leads_to_the_right_address(name):
    make.make_station(slug="mall-road", city="lahore")
    answer = citizen().get(address(name, "karachi", "mall-road") + "?pollutant=pm10&lang=ur")
    assert answer.status_code == 302
    assert answer.headers["Location"] == address(name, "lahore", "mall-road") + "?pollutant=pm10&lang=ur"


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_station_is_not_found_in_any_city(name):
    make.make_station()
    assert citizen().get(address(name, "lahore", "nowhere")).status_code == 404


def test_a_station_that_is_not_public_is_not_given_away():
    make.make_station(slug="factory", is_public=False)
    assert citizen().get("/karachi/factory/").status_code == 404


def test_a_station_without_a_city_stands_below_its_own_name():
    make.make_station(slug="alone", city="")
    assert citizen().get("/alone/alone/").status_code == 200
    assert citizen().get("/lahore/alone/history/").headers["Location"] == "/alone/alone/history/"
    assert citizen().get("/alone/").headers["Location"] == "/alone/alone/"


def test_a_station_named_in_the_place_of_a_city_is_found():
    make.make_station(slug="mall-road", city="lahore")
    assert citizen().get("/mall-road/").headers["Location"] == "/lahore/mall-road/"


@pytest.mark.parametrize("path", ["/karachi/", "/karachi/compare/"])
def test_a_city_without_stations_is_not_found(path):
    make.make_station()
    assert citizen().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/lahore/", "/lahore/lahore/"])
def test_each_address_of_the_city_says_which_page_it_is(modelled_lahore, path):
    assert 'aria-current="page">Now</a>' in citizen().get(path).content.decode()
