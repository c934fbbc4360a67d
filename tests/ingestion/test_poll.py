"""Many stations at once: bounded, in any order, and nobody waits for a slow provider."""

import asyncio
import time
from contextlib import aclosing

import pytest

from ingestion.providers.base import StationRef
from ingestion.providers.errors import Kind
from ingestion.providers.http import CONCURRENCY, Http, Patience
from ingestion.providers.poll import Access, Job, poll, poll_each
from tests.ingestion.turns import own_gates
from tests.servers.provider import Answer

LAHORE = StationRef(latitude=31.55, longitude=74.34)
PATIENT = Patience(answer=30, attempts=1)
OPENWEATHER, OPEN_METEO = "/data/2.5/air_pollution", "/v1/air-quality"
GOOD = Answer({"list": [{"dt": 1613606400, "main": {"aqi": 1}, "components": {"pm2_5": 42.0}}]})


@pytest.fixture
def hours(recorded):
    return Answer(recorded("openmeteo_air_quality_lahore_hourly"))


def run(jobs, access, gates=None):
    async def all_of_it():
        async with Http(PATIENT, gates or own_gates()) as http:
            results = [result async for result in poll_each(jobs, access, http)]
            return sorted(results, key=lambda result: jobs.index(result.job))

    return asyncio.run(all_of_it())


def test_each_job_has_its_result(server, hours):
    server.will(OPEN_METEO, hours)
    jobs = [Job(f"station-{i}", "open_meteo", LAHORE, "forecast") for i in range(5)]
    results = run(jobs, {"open_meteo": Access("", server.url)})
    assert [result.job.station for result in results] == [job.station for job in jobs]
    assert {len(r.parsed.observations) + len(r.parsed.forecast) for r in results} == {120}


def test_two_hundred_slow_stations_are_polled_together_but_never_too_many_at_once(server, hours):
    server.will(OPEN_METEO, Answer(hours.body, delay=0.1))
    jobs = [Job(f"station-{i}", "open_meteo", LAHORE) for i in range(200)]
    started = time.monotonic()
    results = run(jobs, {"open_meteo": Access("", server.url)})
    assert time.monotonic() - started < 20  # what they take one after another, without any work
    assert [result.error for result in results] == [None] * 200
    assert 1 < server.most_in_flight <= CONCURRENCY


def test_one_slow_provider_never_delays_another(server, other_server, hours):
    server.will(OPEN_METEO, Answer(hours.body, delay=5))
    other_server.will(OPENWEATHER, GOOD)
    access = {"open_meteo": Access("", server.url), "openweather": Access("key", other_server.url)}
    slow = [Job(f"slow-{i}", "open_meteo", LAHORE) for i in range(2 * CONCURRENCY)]
    fast = [Job(f"fast-{i}", "openweather", LAHORE) for i in range(20)]

    async def first_twenty():
        async with Http(PATIENT, own_gates()) as http, aclosing(poll_each(slow + fast, access, http)) as results:
            return [(await anext(results)).job.provider for _ in fast]

    started = time.monotonic()
    assert asyncio.run(first_twenty()) == ["openweather"] * 20
    assert time.monotonic() - started < 4  # no slow answer has come yet


def test_one_broken_provider_fails_alone(server, other_server, hours):
    server.will(OPENWEATHER, Answer("no", status=401))
    other_server.will(OPEN_METEO, hours)
    access = {"openweather": Access("bad", server.url), "open_meteo": Access("", other_server.url)}
    broken, fine = run([Job("a", "openweather", LAHORE), Job("b", "open_meteo", LAHORE)], access)
    assert broken.error is not None
    assert (broken.error.kind, fine.error) == (Kind.UNAUTHORIZED, None)


def test_ordinary_code_gets_each_result_outside_the_event_loop(server, hours):
    server.will(OPEN_METEO, hours)
    jobs = [Job(f"station-{i}", "open_meteo", LAHORE) for i in range(3)]
    stations = set()
    for result in poll(jobs, {"open_meteo": Access("", server.url)}, PATIENT, own_gates()):
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        stations.add(result.job.station)
    assert stations == {"station-0", "station-1", "station-2"}


def test_whoever_stops_listening_early_stops_the_asking(server, hours):
    server.will(OPEN_METEO, hours, Answer(hours.body, delay=5))
    jobs = [Job(f"station-{i}", "open_meteo", LAHORE) for i in range(5)]
    started = time.monotonic()
    results = poll(jobs, {"open_meteo": Access("", server.url)}, PATIENT, own_gates())
    next(iter(results))
    results.close()
    assert time.monotonic() - started < 4


def test_no_jobs_no_results():
    assert list(poll([], {}, PATIENT, own_gates())) == []
