"""The days of a year as a drawing: a block a month, a square a day, coloured by the index."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

from dashboard.city.index import category_of, colour_of
from dashboard.drawing import plot
from dashboard.drawing.scale import Tick
from dashboard.past.history import Day
from dashboard.preferences import Preferences
from ingestion.aqi import DEFAULT, standard

CELL = 14
NO_DATA = "var(--rule)"
DAY = "D j M Y"


@dataclass(frozen=True)
class Square:
    """One day at (x, y) with what a reader is told of it."""

    x: int
    y: int
    colour: str
    text: str


@dataclass(frozen=True)
class Month:
    """A block of up to six weeks, Monday first."""

    name: str
    squares: list[Square]


def months(days: Sequence[Day], year: int, preferences: Preferences) -> list[Month]:
    """All days of the year; those without readings too, so that holes are seen."""
    known = {day.date: day for day in days}
    return [
        Month(date_format(dates[0], "F"), [_square(when, known.get(when), preferences) for when in dates])
        for dates in (_dates(year, month) for month in range(1, 13))
    ]


@dataclass(frozen=True)
class Bar:
    """One day in the strip of completeness: which day of the year, how tall (0 to 100), and that in words."""

    x: int
    height: int
    text: str

    @property
    def top(self) -> int:
        return 100 - self.height


@dataclass(frozen=True)
class Strip:
    """A year of completeness: a bar for each day, oldest first; days without any reading have none."""

    bars: Sequence[Bar]

    @property
    def first(self) -> int:
        """From this day of the year to the last bar, readings were due."""
        return self.bars[0].x if self.bars else 0

    @property
    def days_due(self) -> int:
        return self.bars[-1].x + 1 - self.first if self.bars else 0

    @property
    def months(self) -> list[Tick]:
        """Each name below the middle of its month."""
        return [Tick(round(100 * (number - 0.5) / 12, 1), str(name)) for number, name in plot.month_places()]


def strip(days: Sequence[Day]) -> Strip:
    """The share of each day's readings that came."""
    return Strip([bar(day.date, day.complete) for day in days])


def bar(day: date, complete: float) -> Bar:
    """`complete`: 0 to 1."""
    return Bar(day.timetuple().tm_yday - 1, round(100 * complete), f"{date_format(day, DAY)}: {complete:.0%}")


def _dates(year: int, month: int) -> list[date]:
    last = calendar.monthrange(year, month)[1]
    return [date(year, month, day) for day in range(1, last + 1)]


def _square(when: date, day: Day | None, preferences: Preferences) -> Square:
    x, y = when.weekday() * CELL, _week(when) * CELL
    title = date_format(when, DAY)
    if day is None or day.aqi is None:
        return Square(x, y, NO_DATA, f"{title}: –")
    category = category_of(standard(DEFAULT).latest, day.aqi)
    return Square(x, y, colour_of(category, preferences), f"{title}: {day.aqi}")


def _week(when: date) -> int:
    """Of the month, the first is 0."""
    return (when.day - 1 + when.replace(day=1).weekday()) // 7
