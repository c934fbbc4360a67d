"""Charts for pages that look back: lines, bars and cells with their labels. Geometry only; the template draws it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite

import numpy as np
from django.utils.dates import MONTHS_3, WEEKDAYS_ABBR
from django.utils.formats import date_format

from dashboard.drawing.scale import SIZE, Place, Scale, Tick, grid, ticks
from detection.analysis.eda import lowest_edge

CELLS_ACROSS, CELLS_UP = 36, 24
SHADES = 5
MOST_LETTERS = 40  # of the labels beside each other on a phone, each with the room of two between
ROOM_OF_ONE = 0.1  # of the value, on each side
COMMON = 0.995  # of the values have a place; the few beyond would squeeze the rest


@dataclass(frozen=True)
class Curve:
    """One line. `rank` 0 is the strongest; the template fades those behind."""

    name: str
    path: str
    rank: int = 0


@dataclass(frozen=True)
class Plot:
    """Drawn on SIZE × SIZE. `cells` are paths from the palest to the darkest. `rows`: the curves' values by place, NaN
    where there is none."""

    label: str
    across: list[Tick]
    up: list[Tick]
    curves: list[Curve] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    zero: int | None = None  # where a line at the value 0 is drawn, if not at the bottom
    rows: list[tuple[str, list[float]]] = field(default_factory=list)

    def grid_path(self) -> str:
        return grid(self.up, self.across)

    @property
    def is_crowded(self) -> bool:
        """A phone shows every third label then."""
        return sum(len(tick.text) + 2 for tick in self.across) > MOST_LETTERS


def lines(
    label: str,
    named: Sequence[tuple[str, Sequence[tuple[Place, float]]]],
    across: list[tuple[Place, str]],
    said: Callable[[Place], str] = str,
    *,
    from_zero: bool = True,
) -> Plot:
    """Curves over one axis at the same places; values that are not finite leave a gap. `across`: (place, label);
    `said` puts a place into words. `from_zero`: zero means something and is in sight, as with concentrations."""
    values = [value for _, points in named for _, value in points if isfinite(value)] or [0.0, 1.0]
    marks = ticks(*_range(values, from_zero))
    places = [at for _, points in named for at, _ in points]
    scale = Scale(min(places), max(places), marks[0], marks[-1])
    curves = [Curve(name, scale.line(_runs(points)), rank) for rank, (name, points) in enumerate(named)]
    up = [Tick(scale.percent_y(value), f"{value:g}") for value in marks]
    zero = scale.y(0.0) if marks[0] < 0 < marks[-1] else None
    shown = [Tick(scale.percent_x(at), text) for at, text in across]
    return Plot(label, shown, up, curves, zero=zero, rows=_rows(named, said))


def _range(values: Sequence[float], from_zero: bool) -> tuple[float, float]:
    """A lone value far from zero has room on both sides."""
    low, high = min(values), max(values)
    if from_zero or low == high == 0.0:
        return min(0.0, low), high
    room = abs(low) * ROOM_OF_ONE if low == high else 0.0
    return low - room, high + room


def density(label: str, across: np.ndarray, up: np.ndarray) -> Plot | None:
    """How often two values came together, as shaded cells; None where they never did."""
    both = np.isfinite(across) & np.isfinite(up)
    if not both.any():
        return None
    x_marks, y_marks = (_marks(values[both]) for values in (across, up))
    limits = [(x_marks[0], x_marks[-1]), (y_marks[0], y_marks[-1])]
    counts, _, _ = np.histogram2d(across[both], up[both], [CELLS_ACROSS, CELLS_UP], limits)
    return Plot(
        label,
        [Tick(100 * row / (len(x_marks) - 1), f"{value:g}") for row, value in enumerate(x_marks)],
        [Tick(100 - 100 * row / (len(y_marks) - 1), f"{value:g}") for row, value in enumerate(y_marks)],
        cells=_shaded(counts),
    )


def month_ticks(times: Sequence[datetime]) -> list[tuple[Place, str]]:
    """The first of each month."""
    return [(at, date_format(at, "M")) for at in times if at.day == 1 and at.hour == 0]


def month_places() -> list[tuple[Place, str]]:
    return [(month, str(MONTHS_3[month]).title()) for month in range(1, 13)]


def weekday_places() -> list[tuple[Place, str]]:
    return [(day, str(WEEKDAYS_ABBR[day])) for day in range(7)]


def every(step: int, last: int) -> list[tuple[Place, str]]:
    return [(place, str(place)) for place in range(0, last + 1, step)]


def day_of(at: date) -> str:
    return date_format(at, "j M Y")


def month_of(number: float) -> str:
    return date_format(date(2000, int(number), 1), "F")


def _rows(
    named: Sequence[tuple[str, Sequence[tuple[Place, float]]]], said: Callable[[Place], str]
) -> list[tuple[str, list[float]]]:
    places = [at for at, _ in named[0][1]]
    return [(said(at), [points[row][1] for _, points in named]) for row, at in enumerate(places)]


def _runs(points: Iterable[tuple[Place, float]]) -> list[list[tuple[Place, float]]]:
    runs: list[list[tuple[Place, float]]] = [[]]
    for place, value in points:
        if isfinite(value):
            runs[-1].append((place, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _marks(values: np.ndarray) -> list[float]:
    top = float(np.quantile(values, COMMON))
    return ticks(lowest_edge(float(values.min()), top), top)


def _shaded(counts: np.ndarray) -> list[str]:
    """One path for each shade; shades follow the logarithm, because a few cells hold most of the year."""
    most = np.log1p(counts.max())
    paths = [""] * SHADES
    for column, row in zip(*np.nonzero(counts), strict=True):
        shade = min(int(SHADES * np.log1p(counts[column, row]) / most), SHADES - 1)
        left, right = (SIZE * edge // CELLS_ACROSS for edge in (column, column + 1))
        top, bottom = (SIZE - SIZE * edge // CELLS_UP for edge in (row + 1, row))
        paths[shade] += f"M{left} {top}H{right}V{bottom}H{left}Z"
    return paths
