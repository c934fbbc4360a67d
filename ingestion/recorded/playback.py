"""Playing recorded readings as if they arrived now: which are due, and when the next one is. No clock of its own.

The recording is moved by a fixed shift. From `started_at` on it plays at `speed` (3600: an hour in a second), beginning
at `begin` of the moved time, until it has caught up with the clock; from there it goes on at the clock's own pace, so
that no reading is ever stamped later than it arrives. All state is in the four fields: playing goes on after a stop
from whatever has been stored.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingestion.observation import Observation

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Playback:
    """How a recording is played. `recorded`, wherever it is asked for, is sorted by time."""

    shift: timedelta
    started_at: datetime
    begin: datetime
    speed: float

    def position(self, now: datetime) -> datetime:
        """The moved time up to which readings have arrived at `now`."""
        played = (now - self.started_at).total_seconds() * self.speed
        if played >= (now - self.begin).total_seconds():  # asked first: no calendar reaches as far as years at speed
            return now
        return self.begin + timedelta(seconds=played)

    def due(self, recorded: Sequence[Observation], after: datetime, now: datetime) -> list[Observation]:
        """Moved readings later than `after` (the newest that is stored, in moved time) that have arrived at `now`."""
        first = bisect_right(recorded, after - self.shift, key=_at)
        last = bisect_right(recorded, self.position(now) - self.shift, key=_at)
        return [replace(one, at=one.at + self.shift) for one in recorded[first:last]]

    def seconds_to_next(self, recorded: Sequence[Observation], now: datetime) -> float | None:
        """How long until another reading is due; None after the last."""
        index = bisect_right(recorded, self.position(now) - self.shift, key=_at)
        if index == len(recorded):
            return None
        at = recorded[index].at + self.shift
        by_speed = (at - self.begin).total_seconds() / self.speed - (now - self.started_at).total_seconds()
        return max(by_speed, (at - now).total_seconds(), 0.0)


def shift_to(last: datetime, now: datetime) -> timedelta:
    """The most whole weeks that move `last` to `now` or before: hours and days of the week stay."""
    return (now - last) // WEEK * WEEK


def _at(observation: Observation) -> datetime:
    return observation.at
