"""A real worker, a model with a flipped byte, a clock that leaps, and a provider that sends garbage."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import QuerySet
from django_q.models import Schedule
from django_q.tasks import async_task

from aqi_project import clock
from aqi_project.queue import schedules
from aqi_project.queue.sentinel import bring_back
from detection.models import Artifact, Promotion, Series
from ingestion.models import Reading, Station
from ingestion.storing.catalogue import ensure_pollutants
from ingestion.storing.store import store
from tests.alerts.worker import shared_queue, worker
from tests.detection.trained import make_series, make_version
from tests.factories import this_hour
from tests.faults.clock_step import COMPILER, ClockStep
from tests.ingestion.providers_playing import OPEN_METEO, OPENWEATHER, hours_until, open_meteo, openweather
from tests.servers.provider import Answer, ProviderServer, provider_server
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
SECONDS = 90  # on a busy machine
POLLED_EVERY = timedelta(seconds=0.5)
GARBAGE = (
    Answer({"list": [{"dt": "yesterday", "main": None, "components": {"pm2_5": "bad"}}]}),
    Answer(b"\xff\xfe\x00" * 100),
    Answer('{"list": [{"dt": 17', broken=True),
    Answer({"list": "none"}),
    Answer([1, 2, 3]),
    Answer("<html>Service temporarily overloaded</html>"),  # and so on for ever
)


@pytest.fixture
def provider() -> Iterator[ProviderServer]:
    ensure_pollutants()
    with shared_queue(), provider_server() as server:
        yield server


def settings_for(server: ProviderServer) -> dict[str, str]:
    return {"OPENWEATHER_URL": server.url, "OPENWEATHER_API_KEY": "key", "OPEN_METEO_URL": server.url}


def make_polled(slug: str, provider: str) -> Station:
    place = {"latitude": 31.55, "longitude": 74.34}
    return Station.objects.create(slug=slug, name=slug, provider=provider, expected_interval=6 * POLLED_EVERY, **place)


def stored(slug: str) -> QuerySet[Reading]:
    return Reading.objects.filter(station=slug)


def poll_until(condition: Callable[[], bool]) -> None:
    """As the schedule does, but every half second."""

    def asked() -> bool:
        async_task("ingestion.tasks.poll_stations")
        time.sleep(POLLED_EVERY.total_seconds())
        return condition()

    wait_until(asked, SECONDS)


def test_a_model_with_a_flipped_byte_is_not_opened_and_the_one_before_it_scores(provider: ProviderServer) -> None:
    station = Station.objects.create(slug="lahore", name="Lahore", provider="push")
    series = make_series()
    for number in (1, 2):
        make_version(series, number, this_hour())
    Series.objects.update(champion=2, last_number=2)
    flip_a_byte(Artifact.objects.get(number=2))
    store(station, hours_until(this_hour(), 1))
    with worker(0):
        async_task("detection.tasks.score_station", "lahore")
        wait_until(lambda: "pm2_5" in stored("lahore").get().scores, SECONDS)
    assert Series.objects.get().champion == 1
    assert "signature" in Promotion.objects.get().why


def flip_a_byte(artifact: Artifact) -> None:
    payload = bytearray(artifact.payload)
    payload[len(payload) // 2] ^= 1
    Artifact.objects.filter(pk=artifact.pk).update(payload=bytes(payload))


def test_a_station_that_was_claimed_by_a_clock_ahead_is_polled_when_it_is_set_back(provider: ProviderServer) -> None:
    make_polled("lahore", "openweather")
    ahead = clock.now() + timedelta(hours=2)
    Station.objects.update(poll_claimed_until=ahead, last_poll_at=ahead)
    provider.will(OPENWEATHER, openweather(hours_until(clock.now(), 3)))
    with worker(0, **settings_for(provider)):
        poll_until(lambda: stored("lahore").count() == 3)


@pytest.mark.skipif(COMPILER is None, reason="needs a C compiler")
def test_a_clock_that_leaps_ahead_and_back_under_a_worker_stops_no_polls(
    provider: ProviderServer, tmp_path: Path
) -> None:
    make_polled("lahore", "openweather")
    provider.will(OPENWEATHER, openweather(hours_until(clock.now(), 3)))
    step = ClockStep(tmp_path)
    with worker(0, **settings_for(provider), **step.environment):
        for off_by in (timedelta(0), timedelta(hours=3), -timedelta(hours=3), timedelta(0)):
            step.set(off_by)
            before = len(provider.asked)
            poll_until(lambda: len(provider.asked) > before + 1)  # noqa: B023
    assert stored("lahore").count() == 3


def test_garbage_from_one_provider_is_kept_out_and_stops_no_other(provider: ProviderServer) -> None:
    make_polled("lahore", "openweather")
    make_polled("delhi", "open_meteo")
    provider.will(OPENWEATHER, *GARBAGE)
    provider.will(OPEN_METEO, open_meteo(hours_until(clock.now(), 2)), open_meteo(hours_until(clock.now(), 3)))
    with worker(0, **settings_for(provider)):
        poll_until(lambda: "Not asked" in Station.objects.get(slug="lahore").last_poll_error)
        before = len(provider.asked)
        poll_until(lambda: len(provider.asked) > before + 1)  # the other one
    assert not stored("lahore").exists()
    assert stored("delhi").count() == 3
    provider.will(OPENWEATHER, openweather(hours_until(clock.now(), 3)))
    with worker(0, **settings_for(provider)):
        poll_until(lambda: stored("lahore").count() == 3)
        poll_until(lambda: Station.objects.get(slug="lahore").last_poll_error == "")


def test_what_a_clock_ahead_has_put_off_is_due_when_it_is_set_back() -> None:
    schedules.ensure("Poll", "ingestion.tasks.poll_stations", minutes=1)
    schedules.ensure("Learn", "ingestion.tasks.learn_habits", minutes=24 * 60)
    Schedule.objects.update(next_run=clock.now() + timedelta(hours=2))
    bring_back()
    due = Schedule.objects.filter(next_run__lte=clock.now())
    assert list(due.values_list("name", flat=True)) == ["Poll"]
