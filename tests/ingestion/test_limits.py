"""A limit in words; the circuit opens, tries and closes."""

import asyncio
from datetime import timedelta

import pytest

from ingestion.providers.base import Source
from ingestion.providers.circuit_breaker import COOL_DOWN, FAILURES_TO_OPEN, LONGEST_COOL_DOWN, CircuitBreaker
from ingestion.providers.errors import Kind, NotAskedError, ProviderError
from ingestion.providers.gate import Gate
from ingestion.providers.limits import Limit

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_limit_reads_as_words():
    assert [str(Limit(2000, HOUR)), str(Limit(60, MINUTE)), str(Limit(9, timedelta(days=1)))] == [
        "2,000 requests per hour",
        "60 requests per minute",
        "9 requests per day",
    ]


DOWN = ProviderError(Kind.UNAVAILABLE, "open_meteo", "Open-Meteo does not work at the moment (503).")
BAD_KEY = ProviderError(Kind.UNAUTHORIZED, "openweather", "OpenWeather does not accept the key (401).")


def opened(clock):
    breaker = CircuitBreaker(clock)
    for _ in range(FAILURES_TO_OPEN):
        breaker.admit()
        breaker.failed(DOWN)
    return breaker


def test_the_circuit_opens_after_failures_in_a_row_and_says_so(clock):
    breaker = opened(clock)
    with pytest.raises(NotAskedError) as caught:
        breaker.admit()
    assert caught.value.kind is Kind.UNAVAILABLE
    assert caught.value.sentence == (
        "Not asked: it failed 5 times in a row, next try in 10 s. "
        "The last failure: Open-Meteo does not work at the moment (503)."
    )


def test_failures_that_are_not_in_a_row_do_not_open_it(clock):
    breaker = CircuitBreaker(clock)
    for _ in range(3):
        breaker.succeeded()
        for _ in range(FAILURES_TO_OPEN - 1):
            breaker.failed(DOWN)
        assert not breaker.is_open
    breaker.failed(DOWN)
    assert breaker.is_open


def test_a_circuit_that_has_closed_again_begins_anew(clock):
    breaker = opened(clock)
    clock.now += COOL_DOWN
    breaker.admit()
    breaker.failed(DOWN)
    clock.now += 2 * COOL_DOWN
    breaker.admit()
    breaker.succeeded()
    for _ in range(FAILURES_TO_OPEN):
        assert not breaker.is_open
        breaker.failed(DOWN)
    clock.now += COOL_DOWN  # the first pause again, and one trial after it
    breaker.admit()


def test_what_was_under_way_when_the_circuit_opened_does_not_prolong_the_pause(clock):
    breaker = opened(clock)
    clock.now += COOL_DOWN / 2
    breaker.failed(DOWN)
    clock.now += COOL_DOWN / 2
    breaker.admit()


def test_a_refused_key_opens_it_at_once(clock):
    breaker = CircuitBreaker(clock)
    breaker.failed(BAD_KEY)
    with pytest.raises(NotAskedError, match="failed once") as caught:
        breaker.admit()
    assert caught.value.permanent


def test_after_the_pause_one_trial_passes_and_decides(clock):
    breaker = opened(clock)
    clock.now += COOL_DOWN
    breaker.admit()
    with pytest.raises(NotAskedError):
        breaker.admit()
    breaker.succeeded()
    breaker.admit()
    breaker.admit()


def test_a_failed_trial_doubles_the_pause_up_to_a_limit(clock):
    breaker = opened(clock)
    pauses = []
    for _ in range(6):
        clock.now += pauses[-1] if pauses else COOL_DOWN
        breaker.admit()
        breaker.failed(DOWN)
        with pytest.raises(NotAskedError) as caught:
            breaker.refuse_if_open()
        pauses.append(caught.value.retry_after)
    assert pauses == [20, 40, 60, 60, 60, LONGEST_COOL_DOWN]


def test_a_cancelled_trial_leaves_room_for_another(clock):
    breaker = opened(clock)
    clock.now += COOL_DOWN
    breaker.admit()
    breaker.released()
    breaker.admit()


def test_a_trial_that_is_cancelled_while_its_pause_is_noted_leaves_room_for_another(clock):
    """It would else count as under way for ever, and nobody would ask that provider again."""

    class Slow:
        async def take(self):
            return 0.0

        async def pause(self, seconds):
            await asyncio.Event().wait()

    async def cancelled(gate, error):
        failing = asyncio.create_task(gate.failed(error))
        await asyncio.sleep(0)
        failing.cancel()
        await asyncio.wait([failing])

    breaker = opened(clock)
    clock.now += COOL_DOWN
    breaker.admit()
    limited = ProviderError(Kind.RATE_LIMITED, "open_meteo", "Open-Meteo was asked too often.", retry_after=5)
    asyncio.run(cancelled(Gate(Source("open_meteo", "Open-Meteo"), Slow(), breaker), limited))
    breaker.admit()
