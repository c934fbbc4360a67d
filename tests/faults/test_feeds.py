"""A real worker, a model with a flipped byte, and a clock that was ahead."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django_q.models import Schedule
from django_q.tasks import async_task

from aqi_project import clock
from aqi_project.queue.sentinel import bring_back
from detection.models import Artifact, Promotion, Series
from ingestion import schedules
from ingestion.catalogue import ensure_pollutants
from ingestion.models import Reading, Station
from ingestion.store import store
from tests.alerts.worker import shared_queue, wait_until, worker
from tests.detection.trained import make_series, make_version
from tests.factories import this_hour
from tests.ingestion.providers_playing import OPENWEATHER, hours_until, openweather
from tests.servers.provider import ProviderServer, provider_server

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
SECONDS = 30
POLLED_EVERY = timedelta(seconds=0.5)


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


def test_what_a_clock_ahead_has_put_off_is_due_when_it_is_set_back() -> None:
    schedules.ensure("Poll", "ingestion.tasks.poll_stations", minutes=1)
    schedules.ensure("Learn", "ingestion.tasks.learn_habits", minutes=24 * 60)
    Schedule.objects.update(next_run=clock.now() + timedelta(hours=2))
    bring_back()
    due = Schedule.objects.filter(next_run__lte=clock.now())
    assert list(due.values_list("name", flat=True)) == ["Poll"]
