"""Which source feeds a city, and that two of them are never mixed."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from aqi_project import clock
from dashboard.sources import SOURCES
from ingestion.api.export import LICENCES
from ingestion.asking.choice import choose
from ingestion.asking.questions import access
from ingestion.models import Reading, RejectedItem, Station
from ingestion.observation import Rejected
from ingestion.providers import REGISTRY
from ingestion.providers.poll import Access
from ingestion.recorded import replay
from ingestion.recorded.replay import play_due
from ingestion.signals import station_renamed
from ingestion.stations.compare import MEASURED, MODELLED
from ingestion.storing.aside import put_aside, switch
from ingestion.storing.store import SourceChangedError, store
from tests.ingestion.hours import HOUR, recorded, station
from tests.servers.provider import Answer


@pytest.fixture(autouse=True)
def auto(settings, server):
    settings.AQI_SOURCE, settings.OPENWEATHER_API_KEY = "auto", ""
    settings.OPEN_METEO_URL = server.url


def test_a_setting_decides_before_anything_else(settings):
    settings.AQI_SOURCE, settings.OPENWEATHER_API_KEY = "replay", "key"
    assert choose() == "replay"


def test_a_key_means_openweather(settings, server):
    settings.OPENWEATHER_API_KEY = "key"
    assert choose() == "openweather"
    assert server.asked == []


def test_without_a_key_the_network_decides(settings):
    assert choose() == "open_meteo"
    settings.OPEN_METEO_URL = "http://127.0.0.1:9"  # nobody listens there
    assert choose() == "replay"


@pytest.mark.parametrize("before", ["open_meteo", "openweather"])
def test_an_outage_at_a_start_plays_no_old_weather_where_live_air_was_watched(settings, before):
    settings.OPEN_METEO_URL = "http://127.0.0.1:9"
    assert choose(before) == "open_meteo"
    assert choose("replay") == "replay"


@pytest.mark.parametrize("chosen", ["openaq", "push", "file", "synthetic"])
def test_a_source_that_an_admin_has_chosen_outlives_a_start(settings, chosen):
    """Each start would put aside what was there, and let its models begin anew."""
    settings.OPENWEATHER_API_KEY = "key"
    assert choose(chosen) == chosen
    settings.AQI_SOURCE = "openweather"
    assert choose(chosen) == "openweather"


def test_each_provider_is_asked_at_its_address_with_its_own_key(settings):
    settings.OPENWEATHER_API_KEY, settings.OPENWEATHER_URL = "weather key", "http://weather"
    settings.OPENAQ_API_KEY, settings.OPENAQ_URL = "air key", "http://air"
    asked = access()
    assert asked["openweather"] == Access("weather key", "http://weather")
    assert asked["open_meteo"] == Access("", settings.OPEN_METEO_URL)
    assert asked["openaq"] == Access("air key", "http://air")


@pytest.mark.parametrize("name", REGISTRY)
def test_a_provider_that_is_registered_has_its_place_in_each_table(name):
    """Stations may have it, it is asked at an address of the settings, and its data is credited."""
    assert access()[name].base_url.startswith("http")
    places = {
        "Station.Provider": Station.Provider.values,
        "ingestion.stations.compare.MEASURED or MODELLED": [*MEASURED, *MODELLED],
        "ingestion.api.export.LICENCES": LICENCES,
        "dashboard.sources.SOURCES": SOURCES,
    }
    forgotten = [place for place, names in places.items() if name not in names]
    assert not forgotten, f"{name} is not in: {', '.join(forgotten)}"


def test_an_address_that_is_none_means_the_recording(settings):
    settings.OPEN_METEO_URL = "http://[broken"
    assert choose() == "replay"


def test_the_probe_takes_three_seconds_at_most(settings, slow_to_listen):
    settings.OPEN_METEO_URL = slow_to_listen
    started = time.monotonic()
    assert choose() == "replay"
    assert time.monotonic() - started < 3.5


@pytest.mark.django_db
def test_another_provider_begins_with_an_empty_station_and_nothing_is_lost():
    lahore = station()
    Station.objects.update(habits={"no": {"run": 3}})
    store(lahore, recorded(10), [Rejected({}, "no components")])
    kept = switch(lahore, "open_meteo")
    assert (lahore.provider, lahore.habits) == ("open_meteo", {})
    assert not Reading.objects.filter(station="lahore").exists()
    aside = Station.objects.exclude(slug="lahore").get()
    assert aside.slug == kept
    assert (aside.provider, aside.is_active, aside.is_public) == ("openweather", False, False)
    assert Reading.objects.filter(station=aside.slug).count() == 10
    assert RejectedItem.objects.get().station == aside.slug


@pytest.mark.django_db
def test_another_provider_is_asked_at_once():
    """Who asks the earlier one has a hold on the station, and has just looked for its gaps."""
    lahore = station(poll_claimed_until=clock.now() + timedelta(minutes=9), gaps_checked_at=clock.now())
    switch(lahore, "open_meteo")
    assert (lahore.poll_claimed_until, lahore.gaps_checked_at) == (None, None)


@pytest.mark.django_db
def test_the_same_provider_again_changes_nothing():
    lahore = station()
    store(lahore, recorded(3))
    assert switch(lahore, "openweather") == ""
    assert Station.objects.count() == 1
    assert Reading.objects.filter(station="lahore").count() == 3


@pytest.mark.django_db
def test_an_interrupted_switch_is_finished_by_the_next():
    lahore = station()
    store(lahore, recorded(10))

    def die(**_):
        raise KeyboardInterrupt

    station_renamed.connect(die)
    try:
        with pytest.raises(KeyboardInterrupt):
            switch(lahore, "replay")
    finally:
        station_renamed.disconnect(die)
    switch(Station.objects.get(slug="lahore"), "replay")
    assert Station.objects.count() == 2
    assert Reading.objects.exclude(station="lahore").count() == 10


@pytest.mark.django_db
def test_what_the_new_source_has_sent_already_is_not_put_aside_with_the_earlier_one_s():
    station("a-first")
    earlier = station()
    kept = switch(Station.objects.get(slug="lahore"), "open_meteo")
    store(Station.objects.get(slug="lahore"), [replace(one, provider="open_meteo") for one in recorded(4)])
    assert put_aside(earlier) == kept
    assert Reading.objects.filter(station="lahore").count() == 4


@pytest.mark.django_db
def test_an_hour_that_a_late_poll_stored_again_is_no_second_reading_aside():
    lahore = station()
    store(lahore, recorded(5))
    seen: list[str] = []

    def poll_comes_late(new, **_):
        seen.append(new)
        store(Station.objects.get(slug="lahore"), recorded(6))

    station_renamed.connect(poll_comes_late)
    try:
        switch(lahore, "open_meteo")
    finally:
        station_renamed.disconnect(poll_comes_late)
    assert not Reading.objects.filter(station="lahore").exists()
    assert Reading.objects.filter(station=seen[0]).count() == 6


@pytest.mark.django_db
def test_what_comes_for_a_deleted_station_is_refused():
    lahore = station()
    Station.objects.all().delete()
    with pytest.raises(SourceChangedError):
        store(lahore, recorded(3))


@pytest.mark.django_db
def test_a_recording_stops_when_its_station_gets_a_live_source():
    player = station(provider="replay")
    replay.start_sample(player, clock.now())
    switch(Station.objects.get(slug="lahore"), "openweather")
    assert play_due(player, replay.sample()[:10]) == 0
    assert not Reading.objects.exists()


@pytest.fixture
def slow_to_listen(server):
    server.will("/", Answer("", delay=10))
    return server.url


def test_an_answer_with_an_error_of_the_server_is_no_network(settings, server):
    server.will("/", Answer("bad gateway", status=502))
    assert choose() == "replay"


@pytest.mark.parametrize(("interval", "status"), [("0", 200), ("-1:00:00", 200), ("0:15:00", 302)])
def test_an_admin_can_give_a_station_no_interval_that_no_time_can_be_divided_by(admin_client, interval, status):
    lahore = station()
    address = f"/admin/ingestion/station/{lahore.pk}/change/"
    form = admin_client.get(address).context["adminform"].form
    given = {name: form.initial.get(name) or "" for name in form.fields} | {"expected_interval": interval}
    given = {name: value for name, value in given.items() if value is not False}
    assert admin_client.post(address, given).status_code == status
    lahore.refresh_from_db()
    assert lahore.expected_interval == (timedelta(minutes=15) if status == 302 else HOUR)
