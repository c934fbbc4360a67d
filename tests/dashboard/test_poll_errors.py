"""Why a provider gave nothing, in the reader's language."""

import re

import pytest
from django.utils import translation

from dashboard.poll_errors import what_went_wrong
from ingestion.models import Station
from ingestion.providers.errors import Kind
from tests import factories as make
from tests.cast import citizen
from tests.markup import tight


def failed(kind: str, said: str) -> Station:
    return Station(provider="openweather", last_poll_failure=kind, last_poll_error=f"{said}\nmore")


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_failure_has_its_words_in_urdu(kind):
    with translation.override("ur"):
        said = what_went_wrong(failed(kind, "It broke."))
    assert "OpenWeather" in said
    assert re.search("[ء-ے]", said)
    assert not re.search(r"\b(the|it|not|is)\b", said)


def test_in_english_it_is_what_the_poll_has_left():
    assert what_went_wrong(failed(Kind.TIMEOUT, "It did not answer.")) == "It did not answer."


def test_what_is_of_no_known_kind_is_shown_as_it_came():
    with translation.override("ur"):
        assert what_went_wrong(failed("", "It broke.")) == "It broke."
        assert what_went_wrong(Station(provider="openweather")) == ""


@pytest.mark.django_db
def test_pages_tell_an_error_in_the_readers_language(lahore):
    Station.objects.update(
        provider="openweather",
        last_poll_failure=Kind.REFUSED,
        last_poll_error="OpenWeather refuses the request (404: no). Check the reference.\nmore",
    )
    make.collection(make.Reading).update_many({}, [{"$set": {"at": {"$subtract": ["$at", 10 * 3600 * 1000]}}}])
    for path in ("/status/", "/lahore/lahore/"):
        assert "OpenWeather refuses the request (404: no)." in citizen().get(path).content.decode()
        page = citizen("ur").get(path).content.decode()
        assert "refuses" not in page
        assert "OpenWeather نے" in page


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "said"), [("en", "This station is switched off."), ("ur", "یہ اسٹیشن بند ہے۔")])
def test_an_old_number_of_a_station_that_is_switched_off_says_so(language, said):
    make.make_lahore(is_active=False, last_poll_error="It did not answer.")
    make.make_readings("lahore", hours=6, until=make.this_hour() - 30 * make.HOUR)
    page = citizen(language).get("/lahore/lahore/").content.decode()
    assert said in page
    assert "It did not answer." not in page


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "said"), [("en", "silent"), ("ur", "خاموش")])
def test_the_status_page_says_which_station_is_silent(language, said):
    make.make_lahore()
    make.make_station(slug="gone", name="Gone", name_ur="گم")
    make.make_readings("lahore", hours=2)
    make.make_readings("gone", hours=2, until=make.this_hour() - 30 * make.HOUR)
    page = tight(citizen(language).get("/status/").content.decode())
    rows = {slug: row for row in page.split("<tr>") for slug in ("lahore", "gone") if f"/{slug}/" in row}
    assert f"<td>{said}</td>" in rows["gone"]
    assert f"<td>{said}</td>" not in rows["lahore"]
