"""The number on other people's pages, screens, messengers and phones."""

import re
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from aqi_project.numerals import LEFT_TO_RIGHT
from ingestion.models import Station
from tests import factories as make
from tests.cast import citizen
from tests.markup import tight

pytestmark = pytest.mark.django_db


def test_plain_text_says_it_in_a_few_lines(modelled_lahore):
    answer = citizen().get("/lahore/lahore/text/")
    assert answer["content-type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().splitlines()[0] == "Lahore: 170 Unhealthy"


def test_plain_text_comes_in_urdu_too(modelled_lahore):
    assert citizen("ur").get("/lahore/lahore/text/").content.decode().startswith("لاہور: 170 مضرِ صحت")


def test_the_badge_is_an_image_with_the_number_on_its_colour(modelled_lahore):
    answer = citizen().get("/api/v1/stations/lahore/badge.svg")
    assert answer["content-type"] == "image/svg+xml"
    assert "170 Unhealthy" in answer.content.decode()
    assert "#ff0000" in answer.content.decode()


def test_a_badge_without_readings_says_so(db):
    make.make_station(name="A <b> & c")
    text = citizen().get("/api/v1/stations/lahore/badge.svg").content.decode()
    assert "no data" in text
    assert "A &lt;b&gt; &amp; c" in text


def test_a_name_with_quotes_stays_a_name_in_the_badge(db):
    name = 'Mall Road, "the old post" onload="x'
    make.make_station(name=name)
    badge = ET.fromstring(citizen().get("/api/v1/stations/lahore/badge.svg").content)  # noqa: S314 (our own picture)
    assert badge.get("aria-label") == f"{name}: no data"
    assert badge.get("onload") is None


def test_messengers_get_a_picture_of_the_size_that_they_want(modelled_lahore):
    answer = citizen().get("/lahore/lahore/picture.png")
    assert Image.open(BytesIO(answer.content)).size == (1200, 630)
    page = citizen().get("/").content.decode()
    assert "http://testserver/lahore/lahore/picture.png" in page


def test_the_embedded_number_may_stand_in_any_page_and_no_other_page_may(modelled_lahore):
    assert "x-frame-options" not in citizen().get("/embed/lahore/").headers
    assert citizen().get("/").headers["x-frame-options"] == "DENY"


def test_the_wall_screen_has_the_number_and_nothing_to_press(modelled_lahore):
    page = citizen().get("/kiosk/lahore/").content.decode()
    assert 'data-live="number">170' in page
    assert "<details" not in page
    assert "<button" not in page


def test_a_wall_screen_without_a_station_shows_the_headlines_and_all_advice(modelled_lahore):
    page = citizen().get("/kiosk/").content.decode()
    assert 'data-live="number">170' in page
    for group in ("everyone", "children", "older", "patients", "workers"):
        assert f'data-advice="{group}"' in page


def test_a_wall_screen_waits_for_the_first_station(db):
    assert "No station is set up yet." in citizen().get("/kiosk/").content.decode()


def test_phones_can_put_it_on_their_home_screen(db):
    manifest = citizen("ur").get("/manifest.webmanifest").json()
    assert manifest["dir"] == "rtl"
    assert {icon["type"] for icon in manifest["icons"]} == {"image/svg+xml", "image/png"}


def test_the_offline_worker_comes_from_the_root(db):
    assert citizen().get("/worker.js")["content-type"].startswith("text/javascript")


def test_a_wall_screen_of_a_new_station_waits_for_its_first_reading(db):
    make.make_station()
    answer = citizen().get("/kiosk/lahore/")
    assert answer.status_code == 200
    assert "No reading has arrived yet." in answer.content.decode()


@pytest.mark.parametrize("path", ["/embed/nowhere/", "/kiosk/nowhere/", "/api/v1/stations/nowhere/badge.svg"])
def test_an_unknown_station_is_not_found(db, path):
    assert citizen().get(path).status_code == 404


def test_the_scale_can_be_switched_and_says_why_it_differs(modelled_lahore):
    page = citizen().get("/", {"standard": "india_cpcb"}).content.decode()
    assert "India AQI (CPCB)" in page
    assert "so it lags behind a sudden change" in page


def test_colours_can_be_ones_that_are_easier_to_tell_apart(modelled_lahore):
    assert "--level: #ff0000" in citizen().get("/").content.decode()
    assert "--level: #f02200" in citizen().get("/", {"palette": "vision"}).content.decode()


@pytest.mark.parametrize("path", ["/lahore/lahore/picture.png", "/manifest.webmanifest"])
def test_what_proxies_may_keep_is_kept_apart_by_the_choices_of_readers(modelled_lahore, path):
    """A picture in one reader's scale and colours, or a name in his language, is not everybody's."""
    answer = citizen().get(path)
    assert "public" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]


@pytest.fixture
def machine(db):
    make.Variable.objects.create(code="temperature", name="Temperature", unit="°C")
    make.make_station(slug="press", name="Press", name_ur="", city="", provider="push")
    make.make_readings("press", hours=3, values={"temperature": 21.4}, aqi=None, dominant="", provider="push")


def test_a_number_that_is_no_index_never_goes_without_its_unit(machine):
    page = tight(citizen().get("/press/press/").content.decode())
    assert 'property="og:title" content="Press: 21.4 °C Temperature"' in page
    assert citizen().get("/press/press/text/").content.decode().startswith("Press: 21.4 °C Temperature\n")
    assert "21.4 °C Temperature" in citizen().get("/api/v1/stations/press/badge.svg").content.decode()
    card = citizen().get("/embed/press/").content.decode()
    assert '<p class="number" dir="ltr">21.4 <small>°C</small></p>' in card
    assert '<p class="note"> · ' not in card


@pytest.mark.parametrize("path", ["/press/press/", "/press/press/text/"])
def test_the_sign_of_a_frost_stands_before_its_number_in_urdu_too(machine, path):
    make.make_readings("press", hours=3, values={"temperature": -7.7}, aqi=None, dominant="", provider="push")
    assert f"Press: {LEFT_TO_RIGHT}-7.7 °C" in citizen("ur").get(path).content.decode()


RECORDED = "they are not the air of these days"


@pytest.mark.parametrize("page", ["", "unusual/", "unusual.rss", "history/", "explore/", "model/", "data/"])
def test_every_page_of_a_recording_says_that_it_is_one(modelled_lahore, page):
    path = f"/lahore/lahore/{page}"
    assert RECORDED not in citizen().get(path).content.decode()
    Station.objects.update(provider=Station.Provider.REPLAY)
    assert RECORDED in citizen().get(path).content.decode()


def test_a_number_of_a_recording_is_passed_on_as_one(modelled_lahore):
    Station.objects.update(provider=Station.Provider.REPLAY)
    assert ">170 Unhealthy (recorded data)<" in citizen().get("/api/v1/stations/lahore/badge.svg").content.decode()
    description = r'property="og:description" content="[^"]*It is not the air outside right now'
    assert re.search(description, citizen().get("/").content.decode())


TAGS = re.compile(r"<(script|style|svg).*?</\1>|<[^>]*>", re.DOTALL)
PAGES = ("", "unusual/", "unusual/?about=faults", "unusual.rss", "history/", "explore/", "model/", "data/")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("unusual", [False, True])
def test_the_pages_of_a_machine_speak_of_no_air(machine, page, unusual):
    if unusual:
        make.make_anomaly("press", make.this_hour(), variable="temperature", series="press/temperature")
    text = TAGS.sub(" ", citizen().get(f"/press/press/{page}").content.decode())
    assert not re.search(r"\bair\b", text, re.IGNORECASE)


def test_a_fault_of_a_machine_says_nothing_of_the_air_and_neither_does_a_machine_without_readings(machine):
    fault = make.make_anomaly("press", make.this_hour(), variable="temperature", is_fault=True)
    assert "the air" not in citizen().get(f"/press/press/unusual/{fault.pk}/").content.decode()
    make.make_station(slug="lathe", name="Lathe", city="", provider="push")
    for path in ("/lathe/lathe/", "/lathe/lathe/text/", "/embed/lathe/"):
        assert "the air" not in citizen().get(path).content.decode()


def test_each_text_of_the_badge_fills_its_half_whatever_font_there_is(modelled_lahore):
    badge = ET.fromstring(citizen().get("/api/v1/stations/lahore/badge.svg").content)  # noqa: S314 (our own picture)
    halves = [float(one.get("width")) for one in badge if one.tag.endswith("rect")]
    texts = [float(one.get("textLength")) for one in badge if one.tag.endswith("text")]
    assert texts == [half - 14 for half in halves]


def test_a_badge_shortens_a_long_name_which_it_still_says_to_those_who_hear_it(modelled_lahore):
    name = "Government College University, Ravi Road, north gate"
    Station.objects.update(name=name)
    said = citizen().get("/api/v1/stations/lahore/badge.svg").content.decode()
    assert "Government College University, …</text>" in said
    assert f'aria-label="{name}: 170 Unhealthy"' in said
    assert int(re.search(r'width="(\d+)"', said)[1]) < 360


def test_an_embedded_number_says_whose_it_is_before_the_first_has_come(db):
    make.make_station()
    assert "<h1>لاہور</h1>" in citizen("ur").get("/embed/lahore/").content.decode()
