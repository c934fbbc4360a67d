"""The days of a year as a drawing: one square a day, a column a week, coloured by the index."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format

from dashboard.history import Day
from dashboard.index import category_of, colour_of
from dashboard.preferences import Preferences
from ingestion.aqi import DEFAULT, standard

CELL = 14
NO_DATA = "var(--rule)"


@dataclass(frozen=True)
class Square:
    """One day at (x, y) with what a reader is told of it."""

    x: int
    y: int
    colour: str
    text: str


@dataclass(frozen=True)
class Label:
    """A month's name above its first week."""

    x: int
    text: str


def squares(days: Sequence[Day], year: int, preferences: Preferences) -> list[Square]:
    """All days of the year; those without readings too, so that holes are seen."""
    known = {day.date: day for day in days}
    first = date(year, 1, 1)
    return [
        _square(first + timedelta(days=number), known.get(first + timedelta(days=number)), preferences)
        for number in range(366 if calendar.isleap(year) else 365)
    ]


def month_labels(year: int) -> list[Label]:
    return [Label(_week(date(year, month, 1)) * CELL, date_format(date(year, month, 1), "M")) for month in range(1, 13)]


def width(year: int) -> int:
    return (_week(date(year, 12, 31)) + 1) * CELL


def _square(when: date, day: Day | None, preferences: Preferences) -> Square:
    x, y = _week(when) * CELL, when.weekday() * CELL
    title = date_format(when, "D j M Y")
    if day is None or day.aqi is None:
        return Square(x, y, NO_DATA, f"{title}: –")
    category = category_of(standard(DEFAULT).latest, day.aqi)
    return Square(x, y, colour_of(category, preferences), f"{title}: {day.aqi}")


def _week(when: date) -> int:
    return (when.timetuple().tm_yday - 1 + date(when.year, 1, 1).weekday()) // 7
