"""Turns to ask a provider are counted once for all processes, by the database's clock."""

import asyncio
import time
from datetime import timedelta

import httpx
import pytest

from aqi_project import clock
from ingestion.asking.shared_limiter import SharedLimiter
from ingestion.models import RequestCount
from ingestion.providers import responses
from ingestion.providers.base import Source
from ingestion.providers.errors import Kind, NotAskedError
from ingestion.providers.limits import Limit
from tests.processes import go, python
from tests.servers.provider import Answer, ProviderServer

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def turns(*limits: Limit, share: float = 1.0) -> SharedLimiter:
    return SharedLimiter(Source("played", "Played", limits), share)


def take(given: SharedLimiter, count: int = 1) -> list[float]:
    """The wait of each of so many asks, one after another."""

    async def all_of_them() -> list[float]:
        return [await given.take() for _ in range(count)]

    return asyncio.run(all_of_them())


def test_a_limit_holds_for_all_who_ask() -> None:
    limit = Limit(5, MINUTE)
    assert take(turns(limit), 3) == [0, 0, 0]
    assert take(turns(limit), 2) == [0, 0]
    [wait] = take(turns(limit))
    assert 50 < wait <= 65


def test_the_narrowest_of_several_limits_decides() -> None:
    *granted, wait = take(turns(Limit(60, MINUTE), Limit(4, HOUR)), 5)
    assert granted == [0] * 4
    assert 3000 < wait <= 3900


def test_who_has_a_share_leaves_the_rest_to_others() -> None:
    limit = Limit(6, MINUTE)
    assert [wait > 0 for wait in take(turns(limit, share=0.5), 4)] == [False, False, False, True]
    assert take(turns(limit), 3) == [0, 0, 0]


def test_who_has_a_share_of_almost_nothing_is_not_kept_out_for_ever() -> None:
    assert take(turns(Limit(1, MINUTE), share=0.5)) == [0]


def test_a_request_counts_for_as_long_as_a_limit_spans_and_little_longer() -> None:
    limit = Limit(1, MINUTE)  # whose slots are of two seconds
    take(turns(limit))
    [mine] = RequestCount.objects.get().recent["per_60"]
    for slots_ago, counts in ((29, True), (33, False)):
        RequestCount.objects.update(recent={"per_60": [{"slot": mine["slot"] - slots_ago, "count": 1}]})
        [wait] = take(turns(limit))
        assert (wait > 0) is counts


@pytest.mark.parametrize("asked", ["1e12", "1764000000", "inf", "1e300", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_no_pause_is_longer_than_a_day(asked: str) -> None:
    refusal = httpx.Response(429, headers={"Retry-After": asked})
    seconds = responses.retry_after(refusal, clock.now())
    asyncio.run(turns(Limit(5, MINUTE)).pause(seconds))
    [wait] = take(turns(Limit(5, MINUTE)))
    assert 86_300 < wait <= 86_400


def test_a_pause_that_a_provider_asks_for_holds_for_all() -> None:
    asyncio.run(turns(Limit(5, MINUTE)).pause(30))
    asyncio.run(turns(Limit(5, MINUTE)).pause(3))
    [wait] = take(turns(Limit(5, MINUTE)))
    assert 20 < wait <= 30


def test_without_limits_only_a_pause_holds() -> None:
    assert take(turns(), 3) == [0, 0, 0]
    asyncio.run(turns().pause(9))
    assert take(turns())[0] > 0


def test_counts_of_a_clock_that_has_been_set_back_are_forgotten() -> None:
    take(turns(Limit(1, MINUTE)))
    ahead = int((clock.now() + timedelta(days=1)).timestamp() / 2)
    RequestCount.objects.update(recent={"per_60": [{"slot": ahead, "count": 1}]})
    assert take(turns(Limit(1, MINUTE))) == [0]


def test_nobody_is_asked_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.asking.shared_limiter.PATIENCE", 0.000001)
    with pytest.raises(NotAskedError, match="the database that counts requests to Played does not answer") as caught:
        take(turns(Limit(1, MINUTE)))
    assert (caught.value.kind, caught.value.permanent) == (Kind.UNAVAILABLE, False)


@pytest.mark.processes
def test_two_processes_together_stay_within_the_limit(server: ProviderServer) -> None:
    server.will("/", Answer({}))
    count, limit, seconds = 30, 20, 3
    asker = ("-m", "tests.ingestion.asker", server.url, count, limit, seconds)
    with python(*asker) as first, python(*asker) as second:
        started = time.monotonic()
        for process in (first, second):
            go(process)
        for process in (first, second):
            process.communicate()
    times = sorted(asked.at for asked in server.asked)
    assert len(times) == 2 * count
    assert times[-1] - started >= 2 * seconds  # sixty requests, twenty in three seconds
    spans = [later - earlier for earlier, later in zip(times, times[limit:], strict=False)]
    assert min(spans) > seconds / 2  # arrival wobbles; each alone would send twenty at once
