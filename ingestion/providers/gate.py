"""One gate per provider and process: its rate limit and its circuit, which outlive a single poll."""

from dataclasses import dataclass, field

from ingestion.providers.base import Source
from ingestion.providers.breaker import Breaker
from ingestion.providers.limits import Limiter


@dataclass(slots=True)
class Gate:
    """What decides whether and when the next request to one provider may leave."""

    limiter: Limiter
    breaker: Breaker = field(default_factory=Breaker)


class Gates:
    """The gates of all providers, made on first use."""

    def __init__(self) -> None:
        self._gates: dict[str, Gate] = {}

    def of(self, source: Source) -> Gate:
        """The one gate of this provider."""
        if source.name not in self._gates:
            self._gates[source.name] = Gate(Limiter(source.limits))
        return self._gates[source.name]


PROCESS_GATES = Gates()
