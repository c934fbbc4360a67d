"""One gate per provider and process: its rate limit and its circuit, which outlive a single poll."""

import asyncio
import time
from dataclasses import dataclass, field

from ingestion.providers.base import Source
from ingestion.providers.breaker import Breaker
from ingestion.providers.errors import Kind, NotAskedError, ProviderError
from ingestion.providers.limits import Limit, Limiter


@dataclass(slots=True)
class Gate:
    """What decides whether and when the next request to one provider may leave."""

    source: Source
    limiter: Limiter
    breaker: Breaker = field(default_factory=Breaker)

    async def turn(self, deadline: float) -> None:
        """Wait for the moment to send; NotAskedError if it comes after `deadline` (monotonic seconds), or never.

        Called when everything else is ready, so that a booked moment is the moment of sending.
        """
        while True:
            self.breaker.refuse_if_open()
            self._refuse_after(deadline)
            await asyncio.sleep(self.limiter.book())
            if not self.limiter.paused():  # the provider may have asked for a pause meanwhile
                return self.breaker.admit()

    def failed(self, error: ProviderError) -> None:
        """Take note of a failure. A provider that limits or refuses a request is alive; all else counts against it."""
        if error.retry_after is not None:
            self.limiter.pause(error.retry_after)
        if error.kind in {Kind.RATE_LIMITED, Kind.REFUSED}:
            self.breaker.succeeded()
        else:
            self.breaker.failed(error)

    def _refuse_after(self, deadline: float) -> None:
        delay = self.limiter.delay()
        if time.monotonic() + delay <= deadline:
            return
        limits = " and ".join(map(str, self.source.limits)) or "what it asks for"
        sentence = f"Not asked: {self.source.label} allows {limits}; the next turn is in {delay:.0f} s."
        raise NotAskedError(Kind.RATE_LIMITED, self.source.name, sentence, retry_after=delay)


class Gates:
    """The gates of all providers, made on first use.

    A limit holds for the key, not for the process: where two processes ask at the same time (the worker and a
    backfill), each takes its `share` of it.
    """

    def __init__(self, share: float = 1.0) -> None:
        self._share = share
        self._gates: dict[str, Gate] = {}

    def of(self, source: Source) -> Gate:
        """The one gate of this provider."""
        if source.name not in self._gates:
            limits = [Limit(max(1, int(limit.count * self._share)), limit.per) for limit in source.limits]
            self._gates[source.name] = Gate(source, Limiter(limits))
        return self._gates[source.name]


PROCESS_GATES = Gates()
