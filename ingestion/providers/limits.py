"""How often a provider may be asked: exact over every window, and shared by everything in this process."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` requests in any span of length `per`."""

    count: int
    per: timedelta

    def __str__(self) -> str:
        unit = {60: "minute", 3600: "hour", 86400: "day"}.get(int(self.per.total_seconds()), str(self.per))
        return f"{self.count:,} requests per {unit}"


class Limiter:
    """Hands out sending times so that no window of any limit ever holds more than it may.

    A bucket that refills while it is drained lets nearly twice the limit through in its first window, and the
    provider answers 429; remembering the last `count` sending times is as cheap, and exact. No lock and no
    event loop inside: one instance serves every poll of a process.
    """

    def __init__(self, limits: Sequence[Limit], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sent = [(limit, deque[float](maxlen=limit.count)) for limit in limits]
        self._not_before = 0.0

    def delay(self) -> float:
        """Seconds until a request could be sent if it were booked now."""
        return max(0.0, self._earliest() - self._clock())

    def book(self) -> float:
        """Book the next sending time and return the seconds to wait for it."""
        earliest = max(self._earliest(), self._clock())
        for _, sent in self._sent:
            sent.append(earliest)
        return earliest - self._clock()

    def pause(self, seconds: float) -> None:
        """Send nothing for `seconds`: the provider has asked for it."""
        self._not_before = max(self._not_before, self._clock() + seconds)

    def paused(self) -> bool:
        """Whether a pause lasts."""
        return self._not_before > self._clock()

    def _earliest(self) -> float:
        full = [sent[0] + limit.per.total_seconds() for limit, sent in self._sent if len(sent) == limit.count]
        return max([self._not_before, *full])
