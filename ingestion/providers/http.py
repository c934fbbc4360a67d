"""The polite way out: every request of every provider leaves through `Http.get_json`.

Time-outs, bounded concurrency and a gate (rate limit, circuit) are kept per provider, so that a slow or
broken one never delays another.
"""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx

from ingestion.providers import answers
from ingestion.providers.base import Source
from ingestion.providers.breaker import Breaker
from ingestion.providers.errors import Kind, NotAskedError, ProviderError
from ingestion.providers.gate import PROCESS_GATES, Gate, Gates

CONCURRENCY = 32  # requests in flight per provider
LARGEST_ANSWER = 32 << 20  # bytes, unpacked: about 40 times the largest that we ask for
USER_AGENT = "aqi-project (air quality monitor)"
# The library logs full addresses, and OpenWeather's address holds the key.
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try. All times in seconds."""

    connect: float = 5.0
    answer: float = 15.0  # a whole answer, however slowly it drips
    attempts: int = 4
    first_wait: float = 0.5  # doubled with each attempt, of which a random share is waited
    longest_wait: float = 20.0
    turn: float = 300.0  # for the rate limit or for what Retry-After asks


class Http:
    """One client for a run of requests; an asynchronous context manager bound to one event loop."""

    def __init__(self, patience: Patience | None = None, gates: Gates = PROCESS_GATES) -> None:
        self._patience = patience or Patience()
        self._gates = gates
        self._room: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(CONCURRENCY))
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(self._patience.answer, connect=self._patience.connect, pool=None),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=CONCURRENCY),
            headers={"User-Agent": USER_AGENT},
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def get_json(
        self, source: Source, path: str, params: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Any:
        """The JSON value at `path` below the provider's base URL.

        Waits for the provider's rate limit, retries what may pass, and raises ProviderError for the rest.
        """
        request = self._request(source, path, params, headers)
        gate = self._gates.of(source)
        for attempt in range(1, self._patience.attempts + 1):
            try:
                return await self._attempt(source, gate, request)
            except NotAskedError:
                raise
            except ProviderError as error:
                if error.permanent or attempt == self._patience.attempts:
                    raise
                await self._wait_after(error, attempt, gate)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _request(
        self, source: Source, path: str, params: Mapping[str, Any], headers: Mapping[str, str] | None
    ) -> httpx.Request:
        try:
            return self._client.build_request("GET", source.base_url + path, params=dict(params), headers=headers)
        except (httpx.InvalidURL, UnicodeError):
            sentence = f"{source.label} cannot be asked. Check its base URL and its key in the settings."
            raise ProviderError(Kind.REFUSED, source.name, sentence) from None

    async def _attempt(self, source: Source, gate: Gate, request: httpx.Request) -> Any:
        await self._turn(source, gate)
        async with self._room[source.name]:
            gate.breaker.admit()
            try:
                answer = answers.read(source, *await self._send(source, request))
            except ProviderError as error:
                _tell(gate.breaker, error)
                raise
            except BaseException:
                gate.breaker.released()
                raise
        gate.breaker.succeeded()
        return answer

    async def _turn(self, source: Source, gate: Gate) -> None:
        """Wait until the limit lets one more request leave, or say that this takes too long."""
        gate.breaker.refuse_if_open()
        delay = gate.limiter.delay()
        if delay > self._patience.turn:
            limits = " and ".join(map(str, source.limits)) or "what it asks for"
            sentence = f"Not asked: {source.label} allows {limits}; the next turn is in {delay:.0f} s."
            raise NotAskedError(Kind.RATE_LIMITED, source.name, sentence, retry_after=delay)
        await asyncio.sleep(gate.limiter.book())

    async def _send(self, source: Source, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        try:
            async with asyncio.timeout(self._patience.answer):
                response = await self._client.send(request, stream=True)
                try:
                    return response, await _body(source, response)
                finally:
                    await response.aclose()
        except (TimeoutError, httpx.TimeoutException):
            sentence = f"{source.label} has not answered within {self._patience.answer:g} s."
            raise ProviderError(Kind.TIMEOUT, source.name, sentence) from None
        except httpx.HTTPError as error:
            sentence = f"{source.label} cannot be reached ({type(error).__name__}). Check the network."
            raise ProviderError(Kind.UNAVAILABLE, source.name, sentence) from None

    async def _wait_after(self, error: ProviderError, attempt: int, gate: Gate) -> None:
        """Back off with jitter; what Retry-After asks holds for every request to this provider."""
        if error.retry_after is not None:
            gate.limiter.pause(error.retry_after)
            return
        longest = min(self._patience.longest_wait, self._patience.first_wait * 2 ** (attempt - 1))
        await asyncio.sleep(random.uniform(longest / 2, longest))


async def _body(source: Source, response: httpx.Response) -> bytes:
    """The unpacked body; one that does not end is cut off with an error."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            sentence = f"{source.label} sent more than {LARGEST_ANSWER >> 20} MB. Check its base URL in the settings."
            raise ProviderError(Kind.MALFORMED, source.name, sentence)
    return bytes(body)


def _tell(breaker: Breaker, error: ProviderError) -> None:
    """A provider that limits or refuses one request is alive; only silence, nonsense and a bad key count."""
    if error.kind in {Kind.RATE_LIMITED, Kind.REFUSED}:
        breaker.succeeded()
    else:
        breaker.failed(error)
