"""A provider that behaves badly in every way we know, against the real client."""

import asyncio
import gzip
import logging
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from ingestion.providers import connect
from ingestion.providers.base import StationRef
from ingestion.providers.errors import Kind, NotAskedError, ProviderError
from ingestion.providers.http import CONCURRENCY, Http, Patience
from ingestion.providers.limits import Limit
from tests.ingestion.turns import own_gates
from tests.servers.provider import Answer

LAHORE = StationRef(latitude=31.55, longitude=74.34)
HASTY = Patience(connect=5, answer=5, attempts=3, first_wait=0.01, longest_wait=0.05, turn=3)
PATH = "/data/2.5/air_pollution"
GOOD = Answer({"list": [{"dt": 1613606400, "main": {"aqi": 1}, "components": {"pm2_5": 42.0, "pm10": 60}}]})
HTML = "<!DOCTYPE html><html><body>Sign in to the network</body></html>"
KEY = "very-secret-key"


def ask(server, patience=HASTY, gates=None, times=1):
    """What OpenWeather's client gets from `server`: one reading or error per call, one after another."""

    async def all_of_it():
        async with Http(patience, gates or own_gates()) as http:
            provider = connect("openweather", http, KEY, server.url)
            return [await outcome(provider.fetch_current(LAHORE)) for _ in range(times)]

    return asyncio.run(all_of_it())


async def outcome(coming):
    try:
        return (await coming).observations[0].values["pm2_5"]
    except ProviderError as error:
        return error


def test_it_asks_with_place_key_and_a_name(server):
    server.will(PATH, GOOD)
    assert ask(server) == [42.0]
    [asked] = server.asked
    assert asked.query == {"lat": "31.55", "lon": "74.34", "appid": KEY}
    assert asked.headers["User-Agent"].startswith("aqi-project")


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_permanent_and_names_the_setting(server, status):
    server.will(PATH, Answer({"cod": status, "message": "Invalid API key"}, status=status))
    [error] = ask(server)
    assert (error.kind, error.permanent, len(server.asked)) == (Kind.UNAUTHORIZED, True, 1)
    assert error.sentence == f"OpenWeather does not accept the key ({status}). Check the setting OPENWEATHER_API_KEY."


def test_a_refused_request_is_permanent_quotes_the_provider_and_leaves_the_circuit_closed(server):
    server.will(PATH, Answer({"cod": "400", "message": "wrong latitude"}, status=400))
    errors = ask(server, times=7)
    assert {(error.kind, error.permanent) for error in errors} == {(Kind.REFUSED, True)}
    assert "(400: wrong latitude)" in errors[0].sentence
    assert len(server.asked) == 7


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_broken_provider_is_asked_again(server, status):
    server.will(PATH, Answer("oops", status=status), Answer("oops", status=status), GOOD)
    assert ask(server) == [42.0]
    assert len(server.asked) == 3


def test_a_provider_that_stays_broken_is_an_error_after_the_last_attempt(server):
    server.will(PATH, Answer("oops", status=503))
    [error] = ask(server)
    assert (error.kind, error.permanent, len(server.asked)) == (Kind.UNAVAILABLE, False, 3)
    assert error.sentence == "OpenWeather does not work at the moment (503); it is asked again later."


def test_retry_after_is_honoured_to_the_second(server):
    server.will(PATH, Answer("slow down", status=429, headers={"Retry-After": "1"}), GOOD)
    assert ask(server) == [42.0]
    first, second = server.asked
    assert 1.0 <= second.at - first.at < 1.5


def test_retry_after_may_be_a_date(server):
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    server.will(PATH, Answer("slow down", status=429, headers={"Retry-After": then}), GOOD)
    assert ask(server) == [42.0]
    first, second = server.asked
    assert 0.8 <= second.at - first.at < 2.5


def test_retry_after_holds_for_every_request_to_this_provider(server):
    server.will(PATH, Answer("slow down", status=429, headers={"Retry-After": "1"}), GOOD)

    async def two():
        async with Http(HASTY, own_gates()) as http:
            provider = connect("openweather", http, KEY, server.url)
            first = asyncio.create_task(outcome(provider.fetch_current(LAHORE)))
            await asyncio.sleep(0.3)
            return await asyncio.gather(first, outcome(provider.fetch_current(LAHORE)))

    assert asyncio.run(two()) == [42.0, 42.0]
    assert min(asked.at for asked in server.asked[1:]) - server.asked[0].at >= 1.0


def test_retry_after_holds_for_those_that_already_queue(server):
    """Of a hundred requests at once, only those in flight when the pause is asked for leave before it is over."""
    server.will(PATH, Answer("slow down", status=429, headers={"Retry-After": "2"}), Answer(GOOD.body, delay=0.05))

    async def hundred():
        async with Http(HASTY, own_gates([])) as http:
            provider = connect("openweather", http, KEY, server.url)
            return await asyncio.gather(*(outcome(provider.fetch_current(LAHORE)) for _ in range(100)))

    assert asyncio.run(hundred()) == [42.0] * 100
    first = server.asked[0].at
    early = [asked for asked in server.asked if asked.at < first + 1.9]
    assert 1 <= len(early) <= CONCURRENCY
    assert len(server.asked) == 101


def test_a_limit_counts_requests_when_they_leave(server):
    """A slow provider makes requests queue. Were they counted then, all would leave within a third of the span."""
    server.will(PATH, Answer(GOOD.body, delay=0.3))
    gates = own_gates([Limit(40, timedelta(seconds=3))])

    async def many():
        async with Http(Patience(turn=60), gates) as http:
            provider = connect("openweather", http, KEY, server.url)
            return await asyncio.gather(*(outcome(provider.fetch_current(LAHORE)) for _ in range(80)))

    assert asyncio.run(many()) == [42.0] * 80
    times = sorted(asked.at for asked in server.asked)
    assert min(later - earlier for earlier, later in zip(times, times[40:], strict=False)) > 1.5  # arrival wobbles


def test_a_pause_is_kept_after_the_last_attempt_too(server):
    gates = own_gates()
    server.will(PATH, Answer("slow down", status=429, headers={"Retry-After": "60"}))
    once = Patience(attempts=1, turn=3)
    ask(server, once, gates)
    [error] = ask(server, once, gates)
    assert isinstance(error, NotAskedError)
    assert len(server.asked) == 1


def test_a_wait_that_is_too_long_is_an_error_that_says_how_long(server):
    server.will(PATH, Answer("enough for today", status=429, headers={"Retry-After": "3600"}))
    [error] = ask(server)
    assert (error.kind, error.permanent, len(server.asked)) == (Kind.RATE_LIMITED, False, 1)
    assert "OpenWeather allows 60 requests per minute; the next turn is in 3600 s." in error.sentence


def test_429_without_a_time_is_backed_off(server):
    server.will(PATH, Answer("slow down", status=429), Answer("slow down", status=429), GOOD)
    assert ask(server) == [42.0]
    gaps = [b.at - a.at for a, b in zip(server.asked, server.asked[1:], strict=False)]
    assert all(gap >= 0.005 for gap in gaps)


def test_a_silent_provider_times_out(server):
    server.will(PATH, Answer(GOOD.body, delay=3))
    started = time.monotonic()
    [error] = ask(server, Patience(answer=0.2, attempts=2, first_wait=0.01))
    assert (error.kind, error.permanent) == (Kind.TIMEOUT, False)
    assert error.sentence == "OpenWeather has not answered within 0.2 s."
    assert time.monotonic() - started < 3


def test_an_answer_that_drips_for_ever_times_out_as_a_whole(server):
    server.will(PATH, Answer(GOOD.body, drip=0.05))
    [error] = ask(server, Patience(answer=0.3, attempts=1))
    assert error.kind is Kind.TIMEOUT


def test_truncated_json_is_asked_again_and_then_an_error(server):
    server.will(PATH, Answer('{"list": [{"dt": 16136'), GOOD)
    assert ask(server) == [42.0]
    server.will(PATH, Answer('{"list": [{"dt": 16136'))
    [error] = ask(server)
    assert error.kind is Kind.MALFORMED
    assert "breaks off" in error.sentence


def test_a_connection_that_closes_half_way_is_an_error(server):
    server.will(PATH, Answer(GOOD.body, broken=True))
    [error] = ask(server)
    assert error.kind is Kind.UNAVAILABLE
    assert "cannot be reached (RemoteProtocolError)" in error.sentence


def test_html_in_place_of_json_says_where_to_look(server):
    server.will(PATH, Answer(HTML))
    [error] = ask(server)
    assert (error.kind, error.permanent) == (Kind.MALFORMED, False)
    assert "a web page in place of data" in error.sentence
    assert "login page" in error.sentence


def test_json_nested_deeper_than_anything_meant_is_an_error(server):
    server.will(PATH, Answer("[" * 200_000))
    [error] = ask(server, Patience(attempts=1))
    assert error.kind is Kind.MALFORMED
    server.will(PATH, Answer("[" * 200_000, status=400))
    [error] = ask(server)
    assert error.kind is Kind.REFUSED


def test_json_of_another_shape_is_an_error(server):
    server.will(PATH, Answer({"cod": 200, "weather": []}))
    [error] = ask(server)
    assert error.kind is Kind.MALFORMED


def test_a_redirect_is_not_followed(server):
    server.will(PATH, Answer("", status=302, headers={"Location": "http://127.0.0.1:1/elsewhere"}))
    [error] = ask(server)
    assert error.kind is Kind.UNAVAILABLE
    assert "Check its base URL" in error.sentence


def test_nobody_at_the_address_is_an_error(server):
    server.shutdown()
    server.server_close()
    [error] = ask(server)
    assert error.kind is Kind.UNAVAILABLE
    assert "cannot be reached (ConnectError)" in error.sentence


def test_the_circuit_opens_and_the_provider_is_left_alone(server):
    server.will(PATH, Answer("oops", status=503))
    errors = ask(server, times=6)
    assert len(server.asked) == 5
    assert isinstance(errors[-1], NotAskedError)
    assert "failed 5 times in a row" in errors[-1].sentence


def test_the_circuit_outlives_one_run(server):
    gates = own_gates()
    server.will(PATH, Answer("no", status=401))
    ask(server, gates=gates)
    [error] = ask(server, gates=gates)
    assert isinstance(error, NotAskedError)
    assert "OPENWEATHER_API_KEY" in error.sentence
    assert len(server.asked) == 1


def test_no_log_and_no_error_ever_holds_the_key(server, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    outcomes = []
    for answer in (
        GOOD,
        Answer("no", status=401),
        Answer(HTML),
        Answer("x", status=500),
        Answer("", status=302),
    ):
        server.will(PATH, answer)
        outcomes += ask(server)
    server.shutdown()
    server.server_close()
    outcomes += ask(server)
    errors = [error for error in outcomes if isinstance(error, Exception)]
    assert len(errors) == 5
    assert KEY not in caplog.text
    assert all(KEY not in f"{error!r} {error}" for error in errors)


def test_an_answer_without_end_is_cut_off(server, monkeypatch):
    monkeypatch.setattr("ingestion.providers.http.LARGEST_ANSWER", 1 << 20)
    server.will(PATH, Answer("x" * (2 << 20)))
    [error] = ask(server, Patience(attempts=1))
    assert error.kind is Kind.MALFORMED
    assert "more than 1 MB" in error.sentence


def test_a_small_packet_that_unpacks_without_end_is_cut_off(server, monkeypatch):
    monkeypatch.setattr("ingestion.providers.http.LARGEST_ANSWER", 1 << 20)
    server.will(PATH, Answer(gzip.compress(b" " * (8 << 20)), headers={"Content-Encoding": "gzip"}))
    [error] = ask(server, Patience(attempts=1))
    assert "more than 1 MB" in error.sentence


@pytest.mark.parametrize("url", ["http://[broken", "http://127.0.0.1:port", "ftp://127.0.0.1", "nonsense"])
def test_an_address_that_is_none_says_where_to_look(url):
    async def once():
        async with Http(Patience(attempts=1), own_gates()) as http:
            return await outcome(connect("openweather", http, KEY, url).fetch_current(LAHORE))

    error = asyncio.run(once())
    assert isinstance(error, ProviderError)
    assert "Check" in error.sentence
    assert KEY not in error.sentence
