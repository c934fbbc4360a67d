"""From values and times to a drawing. Paths are drawn on a SIZE × SIZE square that the page stretches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from math import ceil, floor, log10

SIZE = 1000
WANTED_TICKS = 4
STEPS = (1, 2, 2.5, 5, 10)
Point = tuple[datetime, float | None]
Place = datetime | float


@dataclass(frozen=True)
class Scale:
    """Times or numbers from `start` to `end` run to the right, values from `bottom` to `top` upwards."""

    start: Place
    end: Place
    bottom: float
    top: float

    def x(self, at: Place) -> int:
        """A lone place stands in the middle."""
        return round(SIZE * ((at - self.start) / self._width)) if self._width else SIZE // 2

    @cached_property
    def _width(self) -> timedelta | float:
        return self.end - self.start

    def y(self, value: float) -> int:
        inside = min(max(value, self.bottom), self.top)
        return round(SIZE * (1 - (inside - self.bottom) / (self.top - self.bottom)))

    def percent_x(self, at: Place) -> float:
        return round(self.x(at) / SIZE * 100, 1)

    def percent_y(self, value: float) -> float:
        return round(self.y(value) / SIZE * 100, 1)

    def line(self, segments: Iterable[Sequence[tuple[Place, float]]]) -> str:
        """One path; a segment of a single point becomes a dot where line caps are round."""
        parts = []
        for segment in segments:
            spots = [f"{self.x(at)} {self.y(value)}" for at, value in segment]
            parts.append("M" + "L".join(spots if len(spots) > 1 else [spots[0], spots[0]]))
        return "".join(parts)

    def area(self, points: Sequence[tuple[Place, float, float]]) -> str:
        """The closed path between (time, lower, upper)."""
        if not points:
            return ""
        drawn = [(self.x(at), self.y(lower), self.y(upper)) for at, lower, upper in points]
        there = [f"{x} {upper}" for x, _, upper in drawn]
        back = [f"{x} {lower}" for x, lower, _ in reversed(drawn)]
        return "M" + "L".join(there + back) + "Z"


@dataclass(frozen=True)
class Tick:
    """A label at `place` per cent; before a day its weekday, where there is room."""

    place: float
    text: str
    weekday: str = ""

    @property
    def spot(self) -> int:
        return round(self.place * SIZE / 100)


def grid(up: Iterable[Tick], across: Iterable[Tick]) -> str:
    """One path: a line from side to side at each tick of the values, from top to bottom at each of the places."""
    lines = [f"M0 {tick.spot}H{SIZE}" for tick in up] + [f"M{tick.spot} 0V{SIZE}" for tick in across]
    return "".join(lines)


def ticks(bottom: float, top: float) -> list[float]:
    """Round numbers that enclose the range: the first is ≤ bottom, the last ≥ top."""
    rough = max(top - bottom, abs(top) * 1e-3, 1e-6) / WANTED_TICKS
    unit = 10 ** floor(log10(rough))
    step = next(unit * factor for factor in STEPS if unit * factor >= rough * 0.999)
    first = floor(bottom / step + 1e-9)
    return [round(step * n, 9) for n in range(first, max(ceil(top / step - 1e-9), first + 1) + 1)]


def segments(points: Iterable[Point], longest_step: float) -> list[list[tuple[datetime, float]]]:
    """Runs of points without a gap: split at None and where the next is more than `longest_step` seconds away."""
    runs: list[list[tuple[datetime, float]]] = []
    last: datetime | None = None
    for at, value in points:
        if value is None:
            last = None
            continue
        if last is None or (at - last).total_seconds() > longest_step:
            runs.append([])
        runs[-1].append((at, value))
        last = at
    return runs
