"""Looking up a champion's expected range: plain lists and arithmetic, no pandas.

A band is a grid of quantiles from some days before the training's end to weeks after it, and the tail of its own past:
how far readings lay outside. From both follows how rare a value is.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log
from typing import Any

from detection.calibration.tail import Tail

NARROWEST = 1e-9


@dataclass(frozen=True, slots=True)
class BandPoint:
    """The expected value and the 95 % range at one time, in the variable's unit."""

    at: datetime
    expected: float
    lower: float
    upper: float


class OutsideBandError(LookupError):
    """The time lies outside the grid that the champion has computed."""


class Band:
    """The stored band of one model version."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.start = datetime.fromisoformat(document["start"])
        self.step = timedelta(seconds=document["step_seconds"])
        self.expected: Sequence[float] = array("d", document["expected"])
        self.lower: Sequence[float] = array("d", document["lower"])
        self.upper: Sequence[float] = array("d", document["upper"])
        self.offset: float | None = document["offset"]  # of the logarithmic scale; None: distances are linear
        self.tail = Tail.load(document["tail"])

    @property
    def end(self) -> datetime:
        return self.start + self.step * (len(self.expected) - 1)

    def at(self, moment: datetime) -> BandPoint:
        """The band at any time within the grid, between two points in proportion."""
        place = (moment - self.start) / self.step
        if not 0 <= place <= len(self.expected) - 1:
            raise OutsideBandError(f"The model knows {self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC.")
        low = min(int(place), len(self.expected) - 2)
        share = place - low
        return BandPoint(
            moment,
            _between(self.expected, low, share),
            _between(self.lower, low, share),
            _between(self.upper, low, share),
        )

    def between(self, start: datetime, end: datetime) -> list[BandPoint]:
        """The grid's points with start ≤ at ≤ end."""
        first = max(0, -((self.start - start) // self.step))
        last = min(len(self.expected) - 1, (end - self.start) // self.step)
        return [
            BandPoint(self.start + self.step * place, self.expected[place], self.lower[place], self.upper[place])
            for place in range(first, last + 1)
        ]

    def distance(self, point: BandPoint, value: float) -> float:
        """How far the value lies from the expected one, on the series' scale: 1 at the edge of the 95 % range.

        Above a usual value there is more room than below it; only on that scale do both sides share one tail.
        """
        return distance(point, value, self.offset)


def distance(point: BandPoint, value: float, offset: float | None) -> float:
    """The same on a logarithmic scale with this offset; on a linear one where it is None."""
    edge = point.upper if value >= point.expected else point.lower
    middle = _scaled(point.expected, offset)
    return abs(_scaled(value, offset) - middle) / max(abs(_scaled(edge, offset) - middle), NARROWEST)


def _scaled(value: float, offset: float | None) -> float:
    return value if offset is None else log(max(value, 0.0) + offset)


def _between(row: Sequence[float], low: int, share: float) -> float:
    return row[low] + share * (row[low + 1] - row[low])
