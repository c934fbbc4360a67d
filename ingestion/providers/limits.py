"""How often a provider may be asked, and by whom its requests are counted."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` requests in any span of length `per`."""

    count: int
    per: timedelta

    def __str__(self) -> str:
        unit = {60: "minute", 3600: "hour", 86400: "day"}.get(int(self.per.total_seconds()), str(self.per))
        return f"{self.count:,} requests per {unit}"


class Turns(Protocol):
    """Who may ask a provider, and when: within its limits, and not while it has asked for a pause."""

    async def take(self) -> float:
        """0 where a request may leave now, and is counted; else seconds until asking again makes sense."""
        ...

    async def pause(self, seconds: float) -> None:
        """Send nothing for so long: the provider has asked for it."""
        ...
