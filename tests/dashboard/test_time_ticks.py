"""Where the hours stand below a chart on the two days on which clocks change."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.city.chart import Chart
from dashboard.city.readings import Row
from ingestion.models import Station, Variable

SPRING, AUTUMN = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)  # Berlin changes at 1 am UTC


def ticks_of(start: datetime, hours: int) -> list[tuple[str, float]]:
    """The label of each tick, and how many hours after `start` it stands."""
    station = Station(slug="press", timezone="Europe/Berlin", expected_interval=timedelta(minutes=10))
    rows = [Row(start + timedelta(minutes=10 * n), {"pm2_5": 1.0}) for n in range(6 * hours + 1)]
    found = Chart(station, Variable(code="pm2_5"), rows, [], None, [], timedelta()).time_ticks
    return [(tick.text, tick.place / 100 * hours) for tick in found]


@pytest.mark.parametrize(
    ("start", "hours", "wanted"),
    [
        (SPRING, 4, [("1 am", 0), ("3 am", 1), ("4 am", 2), ("5 am", 3), ("6 am", 4)]),  # 2 am is leapt over
        (
            SPRING + timedelta(hours=1, minutes=40),
            4,
            [("4 am", 1 / 3), ("5 am", 4 / 3), ("6 am", 7 / 3), ("7 am", 10 / 3)],
        ),
        (AUTUMN, 4, [("2 am", 0), ("2 am", 1), ("3 am", 2), ("4 am", 3), ("5 am", 4)]),  # 2 am comes twice
        (AUTUMN + timedelta(hours=1), 4, [("2 am", 0), ("3 am", 1), ("4 am", 2), ("5 am", 3), ("6 am", 4)]),
        (
            AUTUMN + timedelta(minutes=45),
            2,
            [("2 am", 1 / 4), ("2:30 am", 3 / 4), ("3 am", 5 / 4), ("3:30 am", 7 / 4)],
        ),
        (AUTUMN, 12, [("2 am", 0), ("4 am", 3), ("6 am", 5), ("8 am", 7), ("10 am", 9), ("12 pm", 11)]),
        (AUTUMN + timedelta(hours=2), 4, [("3 am", 0), ("4 am", 1), ("5 am", 2), ("6 am", 3), ("7 am", 4)]),
        (SPRING, 12, [("4 am", 2), ("6 am", 4), ("8 am", 6), ("10 am", 8), ("12 pm", 10), ("2 pm", 12)]),
    ],
)
def test_a_tick_stands_at_the_hour_that_it_names(start, hours, wanted):
    found = ticks_of(start, hours)
    assert [text for text, _ in found] == [text for text, _ in wanted]
    assert [place for _, place in found] == pytest.approx([place for _, place in wanted], abs=0.01)
