"""The first start from each source, and the starts after it."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.management import call_command
from django_q.models import Schedule

from aqi_project import clock
from ingestion.models import Reading, Station, Variable
from ingestion.recorded import replay
from tests.factories import make_readings, make_station
from tests.ingestion.hours import HOUR
from tests.ingestion.providers_playing import HISTORY, OPEN_METEO, hours_until, open_meteo, openweather
from tests.servers.provider import Answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hasty_backfill")]


def load() -> Station:
    call_command("load_sample")
    return Station.objects.get(slug="lahore")


def test_a_recording_gives_the_history_and_then_plays(settings):
    settings.AQI_SOURCE = "replay"
    lahore = load()
    assert lahore.is_recording
    history = Reading.objects.filter(station="lahore").order_by("at")
    assert history.last().at == lahore.replay_from
    assert history.last().at - history.first().at > replay.HISTORY
    assert (Variable.objects.count(), Schedule.objects.filter(func__startswith="ingestion").count()) == (8, 4)
    assert lahore.habits["pm2_5"]["run"] >= 1


def test_a_second_start_changes_nothing_and_an_interrupted_one_is_finished(settings):
    settings.AQI_SOURCE = "replay"
    lahore = load()
    count = Reading.objects.count()
    Reading.objects.filter(at__gt=lahore.replay_from - 100 * HOUR).delete()  # killed before it had stored these
    again = load()
    assert Reading.objects.count() == count
    assert (again.replay_from, again.replay_shift) == (lahore.replay_from, lahore.replay_shift)
    assert set(Reading.objects.values_list("revision", flat=True)) == {1}


def test_a_city_that_an_admin_has_deleted_for_her_own_does_not_come_back(settings):
    settings.AQI_SOURCE = "replay"
    make_station(slug="mitte", city="berlin", provider="push")
    call_command("load_sample")
    assert [station.slug for station in Station.objects.all()] == ["mitte"]
    assert Schedule.objects.filter(func__startswith="ingestion").count() == 4


def test_a_start_during_an_outage_keeps_what_was_live(settings):
    settings.AQI_SOURCE, settings.OPEN_METEO_URL = "auto", "http://127.0.0.1:9"  # nobody listens there
    make_station(provider="open_meteo")
    make_readings("lahore", hours=3)
    lahore = load()
    assert (lahore.provider, lahore.is_recording) == ("open_meteo", False)
    assert Reading.objects.filter(station="lahore").count() == 3


def test_a_start_leaves_a_station_whose_source_an_admin_has_chosen_as_it_is(settings):
    settings.AQI_SOURCE = "auto"
    make_station(provider="push")
    assert load().provider == "push"
    assert Station.objects.count() == 1


def test_open_meteo_is_asked_for_92_days(settings, server):
    settings.AQI_SOURCE, settings.OPEN_METEO_URL = "open_meteo", server.url
    [newest] = hours_until(clock.now(), 1)
    server.will(OPEN_METEO, open_meteo(hours_until(newest.at, 93 * 24)))
    load()
    assert clock.now() - Reading.objects.last().at > timedelta(days=91, hours=23)
    assert Reading.objects.first().at == newest.at
    assert set(Reading.objects.values_list("provider", flat=True)) == {"open_meteo"}


def test_openweather_is_asked_for_a_year(settings, server):
    settings.AQI_SOURCE, settings.OPENWEATHER_API_KEY, settings.OPENWEATHER_URL = "openweather", "key", server.url
    server.will(HISTORY, openweather([]))
    load()
    spans = sorted((int(one.query["start"]), int(one.query["end"])) for one in server.asked)
    assert spans[-1][1] - spans[0][0] == pytest.approx(365 * 86_400, abs=5)
    assert all(b[0] - a[1] == 1 for a, b in pairwise(spans))  # none left out, none twice


def test_a_provider_that_refuses_is_told_and_the_start_goes_on(settings, server, capsys):
    settings.AQI_SOURCE, settings.OPENWEATHER_API_KEY, settings.OPENWEATHER_URL = "openweather", "bad", server.url
    server.will(HISTORY, Answer({"message": "Invalid API key"}, status=401))
    load()
    assert "OpenWeather does not accept the key (401)" in capsys.readouterr().err
    assert len(server.asked) == 1


def test_another_source_starts_anew(settings, server):
    settings.AQI_SOURCE = "replay"
    load()
    settings.AQI_SOURCE, settings.OPEN_METEO_URL = "open_meteo", server.url
    server.will(OPEN_METEO, open_meteo(hours_until(clock.now(), 48)))
    lahore = load()
    assert lahore.provider == "open_meteo"
    assert set(Reading.objects.filter(station="lahore").values_list("provider", flat=True)) == {"open_meteo"}
    assert Reading.objects.filter(provider="replay").exists()
