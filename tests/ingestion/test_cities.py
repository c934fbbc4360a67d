"""What a city is called, and who says so."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connection

from ingestion.known_cities import known
from ingestion.models import City, Station
from tests.ingestion.hours import station
from tests.ingestion.test_aqi_categories import is_urdu
from tests.ingestion.test_station_admin import change

pytestmark = pytest.mark.django_db
AT_ONCE = 8


def names(slug: str) -> tuple[str, str]:
    city = City.called([slug])[slug]
    return city.name_in("en"), city.name_in("ur")


@pytest.mark.parametrize(
    ("slug", "english", "urdu"),
    [
        ("multan", "Multan", "ملتان"),
        ("dera-ghazi-khan", "Dera Ghazi Khan", "ڈیرہ غازی خان"),
        ("new_york-east", "New York East", "New York East"),
    ],
)
def test_a_new_city_is_called_as_it_is_known_or_as_its_slug_says(slug, english, urdu):
    station(city=slug)
    assert City.objects.get().slug == slug
    assert names(slug) == (english, urdu)


def test_what_an_administrator_called_it_stays():
    station(city="twin-cities")
    City.objects.update(name="Rawalpindi–Islamabad", name_ur="راولپنڈی اسلام آباد")
    station("second", city="twin-cities")
    assert names("twin-cities") == ("Rawalpindi–Islamabad", "راولپنڈی اسلام آباد")


def test_a_city_named_at_the_same_time_by_many_is_made_once():
    def name_it(number: int) -> None:
        Station.objects.create(slug=f"s{number}", name=f"s{number}", city="multan")
        connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(name_it, range(AT_ONCE)))
    assert City.objects.count() == 1


def test_a_station_without_a_city_makes_none():
    station(city="")
    assert not City.objects.exists()


def test_a_station_that_moves_to_another_city_names_it(admin_client):
    machine = station(city="")
    machine.city = "multan"
    machine.save(update_fields=["name"])
    assert not City.objects.exists()
    machine.save(update_fields=["city"])
    assert City.objects.get().name_ur == "ملتان"


def test_a_city_whose_row_is_gone_has_a_name_and_gets_its_row_back_at_a_start(settings):
    station(city="multan")
    City.objects.all().delete()
    assert names("multan") == ("Multan", "ملتان")
    settings.AQI_SOURCE = "replay"
    call_command("load_sample")
    assert City.objects.get().name == "Multan"


def test_an_administrator_names_a_city_and_its_slug_stays(admin_client):
    station(city="twin-cities")
    change(admin_client, City.objects.get(), slug="other", name="Twin Cities", name_ur="جڑواں شہر")
    assert City.objects.values_list("slug", "name", "name_ur").get() == ("twin-cities", "Twin Cities", "جڑواں شہر")


def test_shipped_names_are_in_urdu():
    assert all(is_urdu(city["name_ur"]) for city in known().values())
