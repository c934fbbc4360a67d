"""Who looks for a station in a list finds it by its name, in the reader's alphabet."""

import re

import pytest
from django.utils import translation

from ingestion.models import Station
from ingestion.stations.alphabet import URDU, by_name
from tests import factories as make
from tests.cast import citizen

# In Unicode's order of letters ٹ and پ stand behind ی, and a slug says nothing.
NAMES = {"a": ("Walton", "والٹن"), "b": ("Township", "ٹاؤن شپ"), "c": ("anarkali", "انارکلی"), "d": ("Yateem", "یتیم")}
ENGLISH, URDU_NAMES = ["anarkali", "Township", "Walton", "Yateem"], ["انارکلی", "ٹاؤن شپ", "والٹن", "یتیم"]
BEGINS = {  # with what a page's list begins
    "/lahore/a/": 'class="elsewhere"', "/lahore/a/data/": 'class="links"', "/lahore/compare/": "<thead",
    "/status/": "<tbody", "/subscribe/": "<select",
}  # fmt: skip


@pytest.fixture
def stations(db: None) -> None:
    make.make_variables()
    for slug, (name, name_ur) in NAMES.items():
        make.make_station(slug=slug, name=name, name_ur=name_ur, timezone="UTC")
        make.make_readings(slug, hours=2)


@pytest.mark.parametrize("address", BEGINS)
@pytest.mark.parametrize(("language", "names"), [("en", ENGLISH), ("ur", URDU_NAMES)])
def test_lists_are_in_the_order_of_names(stations, address, language, names):
    page = citizen().get(address, {"lang": language}).content.decode()
    words = re.split(r"\s*<[^>]*>\s*", page[page.index(BEGINS[address]) :])
    listed = [name for name in names if name != names[2]] if address.startswith("/lahore/a/") else names
    assert list(dict.fromkeys(word for word in words if word in listed)) == listed


def test_the_alphabet_has_each_letter_of_urdu_once():
    assert len(set(URDU)) == len(URDU)
    assert set("ٹپچڈڑژکگںےہھئؤ") < set(URDU)


def test_a_station_without_an_urdu_name_stands_before_those_with_one():
    with_none, with_one = Station(name="Zaman Park"), Station(name="Bedian", name_ur="بیدیاں")
    with translation.override("ur"):
        assert by_name([with_one, with_none]) == [with_none, with_one]
