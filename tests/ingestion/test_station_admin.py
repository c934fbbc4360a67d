"""What an admin may change of a station, and what must not come apart by it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from aqi_project import clock
from ingestion.models import Reading, Station, Variable
from ingestion.recorded import replay
from ingestion.stations import status
from ingestion.storing.store import store
from tests.ingestion.hours import recorded, station, stored

pytestmark = pytest.mark.django_db


def change(admin: Client, what: Station | Variable, **fields: Any) -> HttpResponse:
    answer = send(admin, what, **fields)
    assert answer.redirect_chain, answer.context["errors"]
    what.refresh_from_db()
    return answer


def send(admin: Client, what: Station | Variable, **fields: Any) -> HttpResponse:
    address = f"/admin/ingestion/{type(what).__name__.lower()}/{what.pk}/change/"
    form = admin.get(address).context["adminform"].form
    given = {name: form.initial.get(name) for name in form.fields} | fields
    return admin.post(
        address, {name: value for name, value in given.items() if value not in (None, False)}, follow=True
    )


def test_another_provider_chosen_in_the_admin_begins_with_an_empty_station(admin_client):
    lahore = station()
    store(lahore, recorded(10))
    answer = change(admin_client, lahore, provider="openaq", provider_ref="2178")
    aside = Station.objects.exclude(slug="lahore").get()
    assert (lahore.provider, lahore.provider_ref) == ("openaq", "2178")
    assert (len(stored("lahore")), len(stored(aside.slug))) == (0, 10)
    assert f"What was there is kept as {aside.slug}" in answer.content.decode()


def test_an_own_sensor_may_go_on_from_files_to_pushes(admin_client):
    machine = station("temp-01", provider="file")
    store(machine, recorded(3))
    change(admin_client, machine, provider="push")
    assert (machine.provider, Station.objects.count(), Reading.objects.count()) == ("push", 1, 3)


def test_a_recording_that_nobody_would_play_is_not_chosen_but_what_to_do_is_said(admin_client):
    lahore = station()
    answer = send(admin_client, lahore, provider="replay")
    lahore.refresh_from_db()
    assert lahore.provider == "openweather"
    assert "The command manage.py replay STATION plays" in answer.content.decode()


def test_a_recording_that_plays_may_be_renamed(admin_client):
    lahore = station(provider="replay")
    replay.start_sample(lahore, clock.now())
    change(admin_client, lahore, name="Lahore, as it was")
    assert (lahore.name, lahore.provider) == ("Lahore, as it was", "replay")


def test_readings_that_nobody_would_make_up_are_not_chosen(admin_client):
    lahore = station()
    answer = send(admin_client, lahore, provider="synthetic")
    assert "The command manage.py synthesize NAME" in answer.content.decode()
    machine = station("demo", provider="synthetic")
    change(admin_client, machine, name="Made up")
    assert machine.name == "Made up"


@pytest.mark.parametrize(
    ("interval", "told"), [("0", "greater than or equal to 0:00:01"), ("99999999999", "less than or equal to 31 days")]
)
def test_an_interval_is_refused_with_which_no_page_and_no_rule_could_reckon(admin_client, interval, told):
    answer = send(admin_client, station(), expected_interval=interval)
    assert told in answer.content.decode()
    assert "60 alone is 60 seconds" in answer.content.decode()


def test_limits_of_a_variable_leave_room_between_them(admin_client):
    station()
    dust = Variable.objects.get(code="pm2_5")
    assert "every value is flagged" in send(admin_client, dust, valid_min=10, valid_max=5).content.decode()
    change(admin_client, dust, valid_min=5, valid_max=10)
    assert (dust.valid_min, dust.valid_max) == (5, 10)


def test_the_form_of_a_station_speaks_urdu(admin_client):
    page = admin_client.get("/admin/ingestion/station/add/", headers={"accept-language": "ur"}).content.decode()
    assert "اسے کون دیکھتا ہے" in page
    station()
    page = admin_client.get("/admin/ingestion/station/", headers={"accept-language": "ur"}).content.decode()
    assert "خاموش" in page


def test_a_city_is_spelt_as_its_other_stations_spell_it(admin_client):
    station(city="berlin")
    mitte = station("mitte", city="")
    change(admin_client, mitte, city="Berlin")
    assert mitte.city == "berlin"


def test_a_change_of_anything_else_leaves_readings_where_they_are(admin_client):
    lahore = station()
    store(lahore, recorded(3))
    change(admin_client, lahore, name="Lahore, Gulberg")
    assert (lahore.name, lahore.provider, len(stored("lahore"))) == ("Lahore, Gulberg", "openweather", 3)


@pytest.mark.parametrize(("latitude", "longitude", "refused"), [(31.555, 74.345, False), (31.55, 73.08, True)])
def test_a_station_with_readings_is_corrected_in_its_place_but_never_moved(admin_client, latitude, longitude, refused):
    lahore = station()
    store(lahore, recorded(3))
    answer = send(admin_client, lahore, latitude=latitude, longitude=longitude)
    lahore.refresh_from_db()
    assert ("Add a station for the new place" in answer.content.decode()) is refused
    assert (lahore.longitude == longitude) is not refused


def test_a_station_without_readings_may_be_moved(admin_client):
    lahore = station()
    change(admin_client, lahore, longitude=73.08)
    assert lahore.longitude == 73.08


def test_whoever_reuses_a_slug_is_told_of_the_readings_that_bear_it(admin_client):
    lahore = station()
    store(lahore, recorded(3))
    lahore.delete()
    given = {"name": "x", "timezone": "Asia/Karachi", "provider": "push", "expected_interval": "1:00:00"}
    for slug, told in (("lahore", True), ("multan", False)):
        answer = admin_client.post("/admin/ingestion/station/add/", {**given, "slug": slug}, follow=True)
        assert Station.objects.filter(slug=slug).exists()
        assert ("Readings of an earlier station bear the slug" in answer.content.decode()) is told


def test_what_stored_readings_go_by_stays_as_it_is(admin_client):
    lahore, dust = station(), Variable.objects.get(code="pm2_5")
    change(admin_client, lahore, slug="gulberg", name="Gulberg")
    change(admin_client, dust, code="dust", unit="mg/m³", name="Dust")
    assert (lahore.slug, lahore.name) == ("lahore", "Gulberg")
    assert (dust.code, dust.unit, dust.name) == ("pm2_5", "µg/m³", "Dust")


def test_the_unit_that_an_import_did_not_know_may_be_given(admin_client):
    torque = Variable.objects.create(code="torque", name="Torque")
    change(admin_client, torque, unit="Nm")
    assert torque.unit == "Nm"


def test_the_list_of_stations_asks_once_for_all_their_newest_readings(admin_client, monkeypatch):
    asked: list[list[str]] = []

    def newest_of(stations: Iterable[Station]) -> dict[str, datetime]:
        asked.append([one.slug for one in stations])
        return {"karachi": clock.now()}

    for slug in ("lahore", "karachi"):
        station(slug)
    monkeypatch.setattr(status, "newest_of", newest_of)
    page = admin_client.get("/admin/ingestion/station/").content.decode()
    assert asked == [["karachi", "lahore"]]
    assert [page.count(f'<td class="field-status">{word}</td>') for word in ("live", "silent")] == [1, 1]


@pytest.mark.parametrize("query", ["?station=lahore", "?provider=openweather", "?station=lahore&provider=openweather"])
def test_readings_may_be_chosen_by_station_and_provider(admin_client, query):
    for slug, provider in (("lahore", "openweather"), ("karachi", "push")):
        hours = [replace(one, provider=provider) for one in recorded(2)]
        store(station(slug, provider=provider), hours)
    found = admin_client.get(f"/admin/ingestion/reading/{query}").context["cl"].result_list
    assert {one.station for one in found} == {"lahore"}


def test_a_station_may_be_chosen_without_reading_all_readings(admin_client):
    station()
    page = admin_client.get("/admin/ingestion/reading/").content.decode()
    assert "?station=lahore" in page
    assert "_facets" not in page  # it would count what each choice finds


@pytest.mark.parametrize(("query", "shown"), [("", False), ("?station=lahore", True)])
def test_readings_have_a_calendar_where_a_station_was_chosen(admin_client, query, shown):
    """That of all stations would look through all readings."""
    station()
    store(station("karachi"), recorded(2))
    store(Station.objects.get(slug="lahore"), recorded(30))
    page = admin_client.get(f"/admin/ingestion/reading/{query}").content.decode()
    assert ("toplinks" in page) is shown


def test_a_city_is_not_called_as_the_sites_own_pages_are(admin_client):
    lahore = station()
    answer = send(admin_client, lahore, city="inbox")
    lahore.refresh_from_db()
    assert lahore.city == "lahore"
    assert "Pages of the site begin with /inbox/ already" in answer.content.decode()


@pytest.mark.parametrize("field", ["name", "name_ur"])
def test_two_stations_of_one_city_bear_no_same_name(admin_client, field):
    """Beside each other nobody could tell them apart."""
    station(city="lahore", name="Gulberg", name_ur="گلبرگ")
    other = station("other", city="lahore", name="Mall Road", name_ur="مال روڈ")
    taken = getattr(Station.objects.get(slug="lahore"), field)
    assert "Another station of this city" in send(admin_client, other, **{field: taken}).content.decode()
    other.refresh_from_db()
    assert getattr(other, field) != taken
    change(admin_client, other, **{field: taken}, city="karachi")
