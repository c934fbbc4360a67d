"""Background work: safe on an empty database, in parallel, and when a provider misbehaves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion import tasks
from ingestion.asking import polls
from ingestion.asking.questions import question
from ingestion.models import Reading, RejectedItem, Station, Variable
from ingestion.observation import Observation, Parsed
from ingestion.providers import connect
from ingestion.providers.circuit_breaker import CircuitBreaker
from ingestion.providers.errors import Kind, ProviderError
from ingestion.providers.http import Http, Patience
from ingestion.providers.poll import Result
from ingestion.storing import repeat_habits
from ingestion.storing.store import store
from tests.factories import make_station, reading_document
from tests.ingestion.hours import HOUR, changed, station
from tests.ingestion.providers_playing import HISTORY, OPEN_METEO, OPENWEATHER, hours_until, open_meteo, openweather
from tests.ingestion.turns import own_gates
from tests.servers.provider import Answer, ProviderServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(settings, monkeypatch, hasty_backfill: None, server: ProviderServer) -> None:
    """Both providers are the local server; limits and circuits of other tests are forgotten."""
    settings.OPENWEATHER_URL = settings.OPEN_METEO_URL = server.url
    settings.OPENWEATHER_API_KEY = "key"
    monkeypatch.setattr(polls, "GATES", own_gates())
    monkeypatch.setattr(polls, "PATIENCE", Patience(answer=5, attempts=1))


@pytest.mark.parametrize("task", [tasks.poll_stations, tasks.play_recordings, tasks.fill_gaps, tasks.learn_habits])
def test_each_task_does_nothing_on_an_empty_database(task):
    assert task() == 0


def test_a_poll_stores_what_openweather_answers(server):
    station()
    [hour] = hours_until(clock.now(), 1)
    server.will(OPENWEATHER, openweather([hour]))
    assert tasks.poll_stations() == 1
    assert (Reading.objects.get().at, Reading.objects.get().values) == (hour.at, hour.values)
    polled = Station.objects.get()
    assert (polled.last_poll_error, polled.poll_claimed_until) == ("", None)
    assert timezone.now() - polled.last_poll_at < timedelta(minutes=1)


def test_a_poll_stores_what_open_meteo_answers(server):
    station(provider="open_meteo")
    server.will(OPEN_METEO, open_meteo(hours_until(clock.now(), 30)))
    assert tasks.poll_stations() == 1
    assert Reading.objects.count() == 30
    assert Reading.objects.first().aqi is not None


def test_what_a_monitor_measures_beside_pollutants_is_described_when_it_first_comes():
    """An event of a variable that nobody has described counts as one of a pollutant."""
    berlin = station("berlin", provider="openaq", provider_ref="1")
    sent = Observation(clock.now(), {"pm2_5": 40.0, "temperature": 21.0, "humidity": 60.0}, "openaq")
    polls.take_in(berlin, Result(question(berlin), Parsed([sent])))
    others = Variable.objects.filter(is_pollutant=False)
    assert dict(others.values_list("code", "unit")) == {"temperature": "°C", "humidity": "%"}


def test_a_station_is_not_asked_again_before_its_time(server):
    station()
    server.will(OPENWEATHER, openweather(hours_until(clock.now(), 1)))
    tasks.poll_stations()
    assert tasks.poll_stations() == 0
    Station.objects.update(last_poll_at=clock.now() - timedelta(minutes=10))
    assert tasks.poll_stations() == 1
    assert Reading.objects.get().revision == 1


@pytest.mark.parametrize(("ahead", "asked"), [(timedelta(seconds=30), 0), (timedelta(hours=1), 1)])
def test_a_poll_that_lies_further_ahead_than_clocks_differ_keeps_no_station_waiting(server, ahead, asked):
    """Its machine's clock has been set back since."""
    station(last_poll_at=clock.now() + ahead)
    server.will(OPENWEATHER, openweather(hours_until(clock.now(), 1)))
    assert tasks.poll_stations() == asked


def test_what_one_poll_ended_with_says_nothing_of_another_station(server):
    station()
    other = {"last_poll_at": clock.now(), "last_poll_error": "It was closed.", "poll_claimed_until": clock.now() + HOUR}
    station("karachi", **other)
    server.will(OPENWEATHER, openweather(hours_until(clock.now(), 1)))
    assert tasks.poll_stations() == 1
    assert Station.objects.filter(slug="karachi", last_poll_error="It was closed.").exclude(poll_claimed_until=None)


def test_a_poll_of_the_source_before_says_nothing_of_the_new_one():
    asked = station()
    Station.objects.update(provider="open_meteo")
    refused = ProviderError(Kind.UNAUTHORIZED, "openweather", "OpenWeather refuses the key.")
    polls.take_in(asked, Result(question(asked), error=refused))
    assert Station.objects.get().last_poll_error == ""


def test_a_station_that_another_process_polls_is_left_alone(server):
    station(poll_claimed_until=clock.now() + timedelta(minutes=1))
    assert tasks.poll_stations() == 0
    assert server.asked == []
    Station.objects.update(poll_claimed_until=clock.now())  # that process has died
    server.will(OPENWEATHER, openweather(hours_until(clock.now(), 1)))
    assert tasks.poll_stations() == 1


def test_only_one_of_two_claims_wins():
    found = station()
    now = clock.now()
    assert [found.claim(now, polls.CLAIM) for _ in range(2)] == [True, False]


def test_inactive_stations_and_those_that_send_by_themselves_are_not_asked(server):
    station(is_active=False)
    station("pushing", provider="push")
    assert tasks.poll_stations() == 0


def test_why_a_poll_brought_nothing_is_kept_until_one_succeeds(server):
    station()
    server.will(OPENWEATHER, Answer({"cod": 401, "message": "Invalid API key"}, status=401))
    tasks.poll_stations()
    failed = Station.objects.get()
    assert failed.last_poll_error.startswith("OpenWeather does not accept the key (401).")
    assert (failed.last_poll_failure, failed.poll_claimed_until) == (Kind.UNAUTHORIZED, None)


@pytest.mark.parametrize(("status", "asked"), [(503, 2), (400, 1)])
def test_a_failure_that_may_pass_leaves_the_station_due(server, status, asked):
    station()
    server.will(OPENWEATHER, Answer("no", status=status))
    tasks.poll_stations()
    tasks.poll_stations()
    assert len(server.asked) == asked


def test_a_provider_that_is_well_again_after_an_hour_of_garbage_is_found_within_a_minute(server, monkeypatch):
    clock_of_circuit = [0.0]
    gates = own_gates()
    source = connect("openweather", Http(Patience(), gates), "", "").source
    gates.of(source).breaker = CircuitBreaker(lambda: clock_of_circuit[0])
    monkeypatch.setattr(polls, "GATES", gates)
    station()
    server.will(OPENWEATHER, Answer("<html>garbage"))
    for wait in [300] * 12 + [60]:
        tasks.poll_stations()
        clock_of_circuit[0] += wait
    assert Reading.objects.count() == 0
    server.will(OPENWEATHER, openweather(hours_until(clock.now(), 1)))
    assert tasks.poll_stations() == 1
    assert Reading.objects.count() == 1


def test_one_broken_provider_leaves_the_other_its_readings(server):
    station()
    station("karachi", provider="open_meteo")
    server.will(OPENWEATHER, Answer("<html>Please log in</html>"))
    server.will(OPEN_METEO, open_meteo(hours_until(clock.now(), 3)))
    assert tasks.poll_stations() == 2
    assert set(Reading.objects.values_list("station", flat=True)) == {"karachi"}
    assert "a web page in place of data" in Station.objects.get(slug="lahore").last_poll_error


def test_a_station_whose_readings_cannot_be_judged_costs_the_others_nothing(server, caplog):
    """An interval of nothing divides by zero: whichever answer comes first, all others are stored."""
    for slug in ("first", "odd", "third"):
        station(slug, expected_interval=HOUR if slug != "odd" else 0 * HOUR)
    server.will(OPENWEATHER, openweather(hours_until(clock.now(), 1)))
    assert tasks.poll_stations() == 3
    assert set(Reading.objects.values_list("station", flat=True)) == {"first", "third"}
    odd = Station.objects.get(slug="odd")
    assert (odd.last_poll_error, odd.last_poll_failure) == (polls.NOT_STORED, Kind.NOT_STORED)
    assert odd.poll_claimed_until is None
    assert "ZeroDivisionError" in caplog.text


def test_a_bad_item_is_kept_with_its_reason_and_its_neighbours_are_stored(server):
    station()
    good = openweather(hours_until(clock.now(), 2)).body
    bad = {"dt": "yesterday", "components": {"pm2_5": 12.0}}
    server.will(OPENWEATHER, Answer({**good, "list": [good["list"][0], bad, good["list"][1]]}))
    tasks.poll_stations()
    assert Reading.objects.count() == 2
    assert RejectedItem.objects.get().reason == "not a time: 'yesterday'"


def test_a_restated_hour_becomes_a_revision(server):
    station()
    [hour] = hours_until(clock.now(), 1)
    server.will(OPENWEATHER, openweather([hour]))
    tasks.poll_stations()
    server.will(OPENWEATHER, openweather([changed(hour, pm2_5=hour.values["pm2_5"] + 3.4)]))
    Station.objects.update(last_poll_at=None)
    tasks.poll_stations()
    assert Reading.objects.get().revision == 2


def test_gaps_are_found_and_asked_for_and_then_left_for_an_hour(server):
    station()
    hours = hours_until(clock.now() - 3 * HOUR, 7 * 24)
    server.will(OPENWEATHER, openweather(hours[-1:]))
    server.will(HISTORY, openweather(hours))
    assert tasks.fill_gaps() > 160
    assert tasks.fill_gaps() == 0
    [asked] = server.asked
    assert int(asked.query["end"]) < clock.now().timestamp()


def test_a_station_that_cannot_be_looked_at_keeps_nobody_s_gaps_open(server):
    station("a-first", expected_interval=0 * HOUR)
    station("b-second")
    server.will(HISTORY, openweather(hours_until(clock.now() - 3 * HOUR, 7 * 24)))
    assert tasks.fill_gaps() > 160
    assert set(Reading.objects.values_list("station", flat=True)) == {"b-second"}


def test_a_station_without_gaps_is_not_asked(server):
    lahore = station()
    store(lahore, hours_until(clock.now(), 8 * 24))
    assert tasks.fill_gaps() == 0
    assert server.asked == []


@pytest.mark.parametrize("fields", [{"is_active": False}, {"provider": "push"}])
def test_nobody_is_asked_for_the_gaps_of_a_station_that_is_not_polled(server, fields):
    station(**fields)
    server.will(HISTORY, openweather(hours_until(clock.now() - 3 * HOUR, 7 * 24)))
    assert tasks.fill_gaps() == 0
    assert (server.asked, Station.objects.get().gaps_checked_at) == ([], None)


def test_a_gap_that_cannot_be_filled_is_no_error_of_the_task(server):
    station()
    server.will(HISTORY, Answer("", status=503))
    assert tasks.fill_gaps() == 0


def test_a_station_whose_habits_cannot_be_learnt_keeps_nobody_from_learning(monkeypatch):
    def learn(one: Station) -> bool:
        return 1 / (one.slug != "a-first") == 1

    station("a-first")
    station("b-second")
    monkeypatch.setattr(repeat_habits, "learn", learn)
    assert tasks.learn_habits() == 1


def test_a_value_that_stood_for_missing_is_no_floor_to_rest_on():
    hours = hours_until(clock.now(), 24 * 15)
    nights = [changed(one, no=0.0 if one.at.hour < 9 else 5.0 + one.at.hour) for one in hours]
    nights[100] = changed(nights[100], no=-9999.0)
    store(station(), nights)
    tasks.learn_habits()
    assert Station.objects.get().habits["no"] == {"run": 1, "floor": 0.0, "floor_run": 9}


def test_a_value_that_is_doubted_for_its_long_rest_alone_may_become_a_habit():
    days = [changed(one, no=7.0 if one.at.hour < 12 else 9.0) for one in hours_until(clock.now(), 24 * 15)]
    store(station(), days)
    assert any("no" in flags for flags in Reading.objects.values_list("flags", flat=True))
    tasks.learn_habits()
    assert Station.objects.get().habits["no"] == {"run": 12, "floor": 7.0, "floor_run": 12}


def test_an_inactive_station_learns_no_habits():
    store(station(is_active=False), hours_until(clock.now(), 24 * 15))
    assert tasks.learn_habits() == 0


def test_habits_are_learnt_from_two_weeks_and_not_from_less():
    lahore = station()
    hours = hours_until(clock.now(), 24 * 15)
    store(lahore, hours[:48])
    assert tasks.learn_habits() == 0
    store(lahore, hours)
    assert tasks.learn_habits() == 1
    assert set(Station.objects.get().habits) == set(hours[0].values)


@pytest.mark.parametrize("seconds", [60, 40])
def test_a_station_that_reports_each_minute_or_more_often_learns_its_habits_too(seconds):
    interval = timedelta(seconds=seconds)
    make_station(expected_interval=interval)
    now = clock.now().replace(second=0, microsecond=0)
    times = (now - back * interval for back in range(15 * clock.DAY // interval))
    collection(Reading).insert_many([reading_document("lahore", at, pm2_5=40.0 + at.minute) for at in times])
    assert tasks.learn_habits() == 1
