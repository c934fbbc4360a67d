"""One gate per provider and process: its rate limit and its circuit, which outlive a single poll."""

from dataclasses import dataclass, field

from ingestion.providers.base import Source
from ingestion.providers.breaker import Breaker
from ingestion.providers.limits import Limit, Limiter


@dataclass(slots=True)
class Gate:
    """What decides whether and when the next request to one provider may leave."""

    limiter: Limiter
    breaker: Breaker = field(default_factory=Breaker)


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
            self._gates[source.name] = Gate(Limiter(limits))
        return self._gates[source.name]


PROCESS_GATES = Gates()
