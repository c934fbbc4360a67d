"""Alarms against labelled events: what was found, how late, and how often nothing was there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.calibration.threshold import episodes
from detection.timeseries.grid import Floats
from detection.timeseries.injection import Event

Flags = NDArray[np.bool_]

HOURS_A_WEEK = 168.0
GRACE = 6.0  # hours after an event in which an alarm is no false one


@dataclass(frozen=True)
class Found:
    """What a detector found of the events in so many weeks.

    `delays` (one for each event) are hours from its beginning to the first alarm inside, NaN where there was none;
    `false_alarms` are episodes of alarms outside all events.
    """

    events: list[Event]
    delays: Floats
    false_alarms: int
    weeks: float

    @property
    def hits(self) -> int:
        """How many events had an alarm inside."""
        return int(np.isfinite(self.delays).sum())

    @property
    def precision(self) -> float:
        """Share of true ones in all that was alarmed: events found, and false alarms."""
        return self.hits / max(self.hits + self.false_alarms, 1)

    @property
    def recall(self) -> float:
        """Share of the events that was found."""
        return self.hits / max(len(self.events), 1)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.hits / max(2 * self.hits + self.false_alarms + len(self.events) - self.hits, 1)

    @property
    def false_alarms_a_week(self) -> float:
        """False alarm episodes per week of the scored time."""
        return self.false_alarms / self.weeks

    def by_kind(self) -> dict[str, tuple[int, int]]:
        """(found, all) for each kind of event."""
        kinds: dict[str, tuple[int, int]] = {}
        for event, delay in zip(self.events, self.delays, strict=True):
            found, there = kinds.get(event.kind, (0, 0))
            kinds[event.kind] = (found + int(np.isfinite(delay)), there + 1)
        return kinds


def together(found: Sequence[Found]) -> Found:
    """Several tests, at least one, counted as one."""
    return Found(
        events=[event for one in found for event in one.events],
        delays=np.concatenate([one.delays for one in found]),
        false_alarms=sum(one.false_alarms for one in found),
        weeks=sum(one.weeks for one in found),
    )


def match(alarms: Flags, events: list[Event], *, per_hour: float = 1.0, weeks: float | None = None) -> Found:
    """Compare alarms (one flag per place of a regular grid) with the events that were there.

    `per_hour` is how many places an hour has; `weeks` the time that was watched, where that is not the whole grid.
    """
    delays = np.array([_delay(alarms, event, per_hour) for event in events], dtype=np.float64)
    outside = alarms.copy()
    for event in events:
        outside[event.start : event.end + round(GRACE * per_hour)] = False
    watched = len(alarms) / per_hour / HOURS_A_WEEK if weeks is None else weeks
    return Found(events, delays, episodes(outside, per_hour), max(watched, np.finfo(float).eps))


def _delay(alarms: Flags, event: Event, per_hour: float) -> float:
    inside = np.flatnonzero(alarms[event.start : event.end])
    return float(inside[0]) / per_hour if len(inside) else float("nan")
