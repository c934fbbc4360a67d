"""The polite way out: every request of every provider leaves through `Http.get_json`.

Time-outs, bounded concurrency and a gate (rate limit, circuit) are kept per provider, so that a slow or
broken one never delays another.
"""

import asyncio
import logging
import random
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import httpx

from ingestion.providers import responses
from ingestion.providers.base import Source
from ingestion.providers.errors import Kind, NotAskedError, ProviderError
from ingestion.providers.gate import Gate, Gates

CONCURRENCY = 32  # requests in flight per provider
LARGEST_ANSWER = 32 << 20  # bytes, unpacked: about 40 times the largest that we ask for
USER_AGENT = "aqi-project (air quality monitor)"
# The library logs full addresses, and OpenWeather's address holds the key.
logging.getLogger("httpx").setLevel(logging.WARNING)


trusted = cache(httpx.create_ssl_context)  # reading all certificates takes longer than most answers


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

    def __init__(self, patience: Patience, gates: Gates) -> None:
        self._patience = patience
        self._gates = gates
        self._room: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(CONCURRENCY))
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(self._patience.answer, connect=self._patience.connect, pool=None),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=CONCURRENCY),
            headers={"User-Agent": USER_AGENT},
            verify=trusted(),
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
        gate, deadline = self._gates.of(source), time.monotonic() + self._patience.turn
        for attempt in range(1, self._patience.attempts + 1):
            try:
                return await self._attempt(gate, request, deadline)
            except NotAskedError:
                raise
            except ProviderError as error:
                if error.permanent or attempt == self._patience.attempts:
                    raise
                await self._back_off(attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _request(
        self, source: Source, path: str, params: Mapping[str, Any], headers: Mapping[str, str] | None
    ) -> httpx.Request:
        try:
            return self._client.build_request("GET", source.base_url + path, params=dict(params), headers=headers)
        except (httpx.InvalidURL, UnicodeError):
            sentence = f"{source.label} cannot be asked. Check its base URL and its key in the settings."
            raise ProviderError(Kind.REFUSED, source.name, sentence) from None

    async def _attempt(self, gate: Gate, request: httpx.Request, deadline: float) -> Any:
        async with self._room[gate.source.name]:
            await gate.turn(deadline)
            try:
                answer = responses.read(gate.source, *await self._send(gate.source, request))
            except ProviderError as error:
                await gate.failed(error)
                raise
            except BaseException:
                gate.breaker.released()
                raise
        gate.breaker.succeeded()
        return answer

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

    async def _back_off(self, attempt: int) -> None:
        """Wait longer with each attempt, a random share of it; a pause that was asked for holds in the gate besides."""
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
