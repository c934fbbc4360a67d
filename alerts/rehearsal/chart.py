"""The line of a rehearsal as SVG, with the alerts marked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.rehearsal.rule import Rehearsal

WIDTH, HEIGHT = 1000, 240
COLUMNS = 500  # points of the line; of each column the highest value is drawn
DATES = 6  # written below the line


@dataclass(frozen=True)
class Chart:
    """`path` of the line, (x, width) of each alert, each limit and some days with their y and x, top of the scale."""

    path: str
    marks: list[tuple[float, float]]
    limits: list[tuple[float, float]]
    days: list[tuple[datetime, float]]
    top: float


def chart(rehearsal: Rehearsal, limits: list[float]) -> Chart:
    top = max([*rehearsal.line.values, *limits, 1.0]) * 1.05
    return Chart(
        path=_path(rehearsal, top),
        marks=[_mark(rehearsal, episode.fired_at, episode.ended_at) for episode in rehearsal.episodes],
        limits=[(limit, round(HEIGHT * (1 - limit / top), 1)) for limit in limits],
        days=[(at, round(_x(rehearsal, at), 1)) for at in _days(rehearsal)],
        top=round(top),
    )


def _days(rehearsal: Rehearsal) -> list[datetime]:
    step: timedelta = (rehearsal.until - rehearsal.since) / DATES
    return [rehearsal.since + number * step for number in range(DATES)]


def _x(rehearsal: Rehearsal, at: datetime) -> float:
    return WIDTH * ((at - rehearsal.since) / (rehearsal.until - rehearsal.since))


def _mark(rehearsal: Rehearsal, start: datetime, end: datetime | None) -> tuple[float, float]:
    left, right = _x(rehearsal, start), _x(rehearsal, end or rehearsal.until)
    return round(left, 1), round(max(right - left, 2), 1)


def _path(rehearsal: Rehearsal, top: float) -> str:
    highest: dict[int, float] = {}
    for at, value in zip(rehearsal.line.times, rehearsal.line.values, strict=True):
        column = int(_x(rehearsal, at) * COLUMNS / WIDTH)
        highest[column] = max(value, highest.get(column, value))
    points = (f"{column * WIDTH / COLUMNS:g} {HEIGHT * (1 - value / top):.1f}" for column, value in highest.items())
    return "M" + "L".join(points) if highest else ""
