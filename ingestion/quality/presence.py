"""Is a station there, and how much of it: one rule for live, late and silent; completeness; gaps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

# In expected intervals since the newest reading's time. Beyond SILENT_AFTER a value is never shown as now.
LATE_AFTER = 2
SILENT_AFTER = 3
FORETOLD_FOR = timedelta(days=1)  # after the last usable value of a variable, and SILENT_AFTER intervals

Presence = Literal["live", "late", "silent"]
PRESENCES: tuple[Presence, ...] = get_args(Presence)  # the best first


def presence(newest: datetime | None, now: datetime, interval: timedelta) -> Presence:
    """Whether a station whose newest reading is at `newest` counts as live, late or silent at `now`."""
    if newest is None or now - newest > SILENT_AFTER * interval:
        return "silent"
    return "late" if now - newest > LATE_AFTER * interval else "live"


def may_be_foretold(usable: datetime | None, newest: datetime, interval: timedelta) -> bool:
    """Whether a variable's last usable value is near enough to the station's newest reading to forecast from it."""
    return usable is not None and newest - usable <= FORETOLD_FOR + SILENT_AFTER * interval


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many of the expected intervals of a day hold at least one reading."""

    expected: int
    received: int

    @property
    def share(self) -> float:
        """0..1; a day of which nothing was due yet is complete."""
        return self.received / self.expected if self.expected else 1.0


def day_completeness(
    times: Iterable[datetime], day: date, zone: ZoneInfo, interval: timedelta, now: datetime
) -> Completeness:
    """Completeness of one local day (23 to 25 hours long), of today as far as it has come."""
    start, end = day_span(day, zone)
    end = min(end, now)
    slots = {(at - start) // interval for at in times if start <= at < end}
    return Completeness(expected=max(0, -((start - end) // interval)), received=len(slots))


def day_span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a local day and of the next, in UTC."""
    start, end = (datetime.combine(d, time(), zone).astimezone(UTC) for d in (day, day + timedelta(days=1)))
    return start, end


def gaps(
    times: Iterable[datetime], start: datetime, end: datetime, interval: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    """Spans (from, until) within start ≤ t < end in which a reading is missing; `times` are sorted.

    A reading covers its interval, and half an interval of delay is no gap.
    """
    covered = start
    for at in times:
        if at >= end:
            break
        if at - covered > interval / 2:
            yield covered, at
        covered = max(covered, at + interval)
    if end - covered > interval / 2:
        yield covered, end
