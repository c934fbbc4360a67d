"""Asking for the past: only what is missing, on from where it stopped, the reason where nothing came."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ingestion.asking import backfill
from ingestion.models import Reading
from ingestion.providers.openweather.client import SOURCE
from ingestion.storing.store import store
from tests.ingestion.hours import HOUR, START, recorded, station
from tests.ingestion.providers_playing import HISTORY, openweather
from tests.servers.provider import Answer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fresh(settings, server, hasty_backfill):
    settings.OPENWEATHER_API_KEY, settings.OPENWEATHER_URL = "key", server.url


def run(slug: str = "lahore", days: int = 30) -> str:
    out = StringIO()
    last = START + days * DAY
    call_command("backfill", slug, "--from", START.isoformat(), "--to", last.isoformat(), stdout=out)
    return out.getvalue()


def test_what_is_missing_is_asked_for_in_fortnights_and_stored(server):
    station()
    server.will(HISTORY, openweather(recorded(30 * 24)))
    assert "720 readings are new or corrected; 0 spans still have gaps." in run()
    assert len(server.asked) == 3
    assert Reading.objects.count() == 720


def test_a_second_run_asks_for_nothing(server):
    lahore = station()
    store(lahore, recorded(30 * 24))
    assert "0 readings" in run()
    assert server.asked == []


def test_after_a_stop_it_goes_on_with_what_is_missing(server):
    lahore = station()
    store(lahore, recorded(20 * 24))
    server.will(HISTORY, openweather(recorded(30 * 24)))
    assert "240 readings are new" in run()
    assert int(server.asked[0].query["start"]) == (START + 20 * DAY).timestamp()


def test_a_hole_in_the_middle_is_asked_for_alone(server):
    lahore = station()
    hours = recorded(30 * 24)
    store(lahore, hours[:100] + hours[110:])
    [(first, last)] = backfill.missing(lahore, START, START + 30 * DAY)
    assert (first, last) == (START + 100 * HOUR, START + 110 * HOUR)


@pytest.mark.parametrize(
    ("holes", "asked"),
    [
        ([(0, 1), (13, 14)], [(0, 14)]),
        ([(0, 1), (13, 15)], [(0, 1), (13, 15)]),
        ([(0, 14)], [(0, 14)]),
        ([(0, 30), (31, 32)], [(0, 14), (14, 28), (28, 32)]),
        ([(0, 1), (2, 20), (50, 51)], [(0, 1), (2, 16), (16, 20), (50, 51)]),
        ([], []),
    ],
)
def test_holes_are_asked_for_together_where_a_fortnight_holds_them(holes, asked):
    def days(spans):
        return [(START + first * DAY, START + last * DAY) for first, last in spans]

    assert list(backfill._spans(days(holes))) == days(asked)


def test_half_of_each_limit_is_left_to_live_polls(monkeypatch):
    monkeypatch.undo()
    turns = backfill.GATES.of(SOURCE).turns
    assert [(limit.count, cap) for limit, cap in turns._caps] == [(60, 30)]


def test_an_error_that_may_pass_leaves_its_span_for_the_next_run(server, capsys):
    station()
    hours, fortnight = recorded(42 * 24), 14 * 24
    server.will(HISTORY, openweather(hours[:fortnight]), Answer("", status=503), openweather(hours[2 * fortnight :]))
    assert "672 readings are new or corrected; 1 spans still have gaps." in run(days=42)
    assert "OpenWeather does not work at the moment (503)" in capsys.readouterr().out
    server.will(HISTORY, openweather(hours[fortnight : 2 * fortnight]))
    assert "336 readings are new or corrected; 0 spans still have gaps." in run(days=42)


def test_a_key_that_is_refused_stops_it_at_once(server):
    station()
    server.will(HISTORY, Answer({"message": "Invalid API key"}, status=401))
    with pytest.raises(CommandError, match=r"OpenWeather does not accept the key \(401\)"):
        run()
    assert len(server.asked) == 1


def test_a_station_that_nobody_can_be_asked_for_is_refused():
    station(provider="push")
    with pytest.raises(CommandError, match="gets its readings from nobody who can be asked: push"):
        run()


@pytest.mark.parametrize("first", ["0001-01-01", "1999-12-31", "0001-01-01T00:00+05:00"])
def test_a_span_from_before_there_were_readings_is_refused(first):
    station()
    with pytest.raises(CommandError, match="is before 2000"):
        call_command("backfill", "lahore", "--from", first)


def test_dates_the_wrong_way_round_are_refused():
    station()
    with pytest.raises(CommandError, match="must lie before"):
        call_command("backfill", "lahore", "--from", "2025-03-01", "--to", "2025-02-01")
