"""How often a provider may be asked, and by whom its requests are counted."""

import time
from collections import deque
from collections.abc import Callable, Sequence
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


class Limiter:
    """The turns of one process alone, without a database: no window of any limit ever holds more than it may.

    A bucket that refills while it is drained lets nearly twice the limit through in its first window, and the provider
    answers 429; remembering when the last `count` requests left is as cheap, and exact.
    """

    def __init__(self, limits: Sequence[Limit], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sent = [(limit, deque[float](maxlen=limit.count)) for limit in limits]
        self._not_before = 0.0

    async def take(self) -> float:
        now = self._clock()
        full = [sent[0] + limit.per.total_seconds() for limit, sent in self._sent if len(sent) == limit.count]
        wait = max([self._not_before, *full]) - now
        if wait > 0:
            return wait
        for _, sent in self._sent:
            sent.append(now)
        return 0.0

    async def pause(self, seconds: float) -> None:
        self._not_before = max(self._not_before, self._clock() + seconds)
