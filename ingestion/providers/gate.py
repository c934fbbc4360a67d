"""One gate per provider and process: its rate limit and its circuit, which outlive a single poll."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ingestion.providers.base import Source
from ingestion.providers.circuit_breaker import CircuitBreaker
from ingestion.providers.errors import Kind, NotAskedError, ProviderError
from ingestion.providers.limits import Turns


@dataclass(slots=True)
class Gate:
    """What decides whether and when the next request to one provider may leave."""

    source: Source
    turns: Turns
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)

    async def turn(self, deadline: float) -> None:
        """Wait for the moment to send; NotAskedError if it comes after `deadline` (monotonic seconds), or never.

        Called when everything else is ready: a request counts at the moment when it leaves.
        """
        while True:
            self.breaker.refuse_if_open()
            wait = await self.turns.take()
            if not wait:
                return self.breaker.admit()
            self._refuse_after(deadline, wait)
            await asyncio.sleep(wait)

    async def failed(self, error: ProviderError) -> None:
        """Take note of a failure and of the pause that the provider asks for."""
        try:
            if error.retry_after is not None:
                await self.turns.pause(error.retry_after)
        finally:  # cancelled, too: a trial that never ends would keep the circuit open for ever
            self._judge(error)

    def _judge(self, error: ProviderError) -> None:
        """A provider that limits or refuses a request is alive; all else counts against it."""
        if error.kind in {Kind.RATE_LIMITED, Kind.REFUSED}:
            self.breaker.succeeded()
        else:
            self.breaker.failed(error)

    def _refuse_after(self, deadline: float, wait: float) -> None:
        if time.monotonic() + wait <= deadline:
            return
        limits = " and ".join(map(str, self.source.limits)) or "what it asks for"
        sentence = f"Not asked: {self.source.label} allows {limits}; the next turn is in {wait:.0f} s."
        raise NotAskedError(Kind.RATE_LIMITED, self.source.name, sentence, retry_after=wait)


class Gates:
    """The gates of all providers, made on first use, with the turns that `turns` makes for a provider."""

    def __init__(self, turns: Callable[[Source], Turns]) -> None:
        self._turns = turns
        self._gates: dict[str, Gate] = {}

    def of(self, source: Source) -> Gate:
        """The one gate of this provider."""
        if source.name not in self._gates:
            self._gates[source.name] = Gate(source, self._turns(source))
        return self._gates[source.name]
