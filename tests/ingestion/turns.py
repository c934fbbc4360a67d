"""The turns of a process that asks alone, without a database: for tests of what else lies on the way to a provider."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from ingestion.providers import connect
from ingestion.providers.base import Parsed, Provider
from ingestion.providers.gate import Gates
from ingestion.providers.http import Http, Patience
from ingestion.providers.limits import Limit
from tests.servers.provider import ProviderServer


class Limiter:
    """No window of any limit ever holds more requests of this process than it may."""

    def __init__(self, limits: Sequence[Limit]) -> None:
        self._sent = [(limit, deque[float](maxlen=limit.count)) for limit in limits]
        self._not_before = 0.0

    async def take(self) -> float:
        now = time.monotonic()
        full = [sent[0] + limit.per.total_seconds() for limit, sent in self._sent if len(sent) == limit.count]
        wait = max([self._not_before, *full]) - now
        if wait > 0:
            return wait
        for _, sent in self._sent:
            sent.append(now)
        return 0.0

    async def pause(self, seconds: float) -> None:
        self._not_before = max(self._not_before, time.monotonic() + seconds)


def own_gates(limits: Sequence[Limit] | None = None) -> Gates:
    """Gates with these limits, or those of each provider."""
    return Gates(lambda source: Limiter(source.limits if limits is None else limits))


def fetch_from(
    server: ProviderServer, name: str, ask: Callable[[Provider], Awaitable[Parsed]], key: str = ""
) -> Parsed:
    """What `ask` gets of the provider of that name, which `server` plays."""

    async def once() -> Parsed:
        async with Http(Patience(answer=2, attempts=1), own_gates()) as http:
            return await ask(connect(name, http, key, server.url))

    return asyncio.run(once())
