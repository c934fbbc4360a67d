"""A recording that plays: nothing twice, nothing left out, nothing from the future."""

from datetime import UTC, datetime, timedelta

import pytest

from ingestion.observation import Observation
from ingestion.recorded.playback import WEEK, Playback, shift_to

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
RECORDED = [Observation(FIRST + i * HOUR, {"pm2_5": float(i)}, "replay") for i in range(24 * 60)]
SHIFT = shift_to(RECORDED[0].at + 30 * DAY, NOW)


@pytest.fixture
def fast():
    """An hour a second, beginning two days ago."""
    return Playback(SHIFT, started_at=NOW, begin=NOW - 2 * DAY, speed=3600)


def test_a_shift_keeps_hours_and_weekdays():
    assert timedelta(0) == SHIFT % WEEK
    assert NOW - WEEK < RECORDED[0].at + 30 * DAY + SHIFT <= NOW


def test_readings_become_due_one_by_one(fast):
    start = fast.begin
    assert fast.due(RECORDED, start, NOW) == []
    after_three = fast.due(RECORDED, start, NOW + 3 * SECOND)
    assert [one.at - start for one in after_three] == [i * HOUR - timedelta(minutes=30) for i in (1, 2, 3)]
    assert after_three[0].values == {"pm2_5": (after_three[0].at - SHIFT - FIRST) / HOUR}


@pytest.mark.parametrize("steps", [(1, 7, 8, 20, 40), (40,), (0.3, 0.6, 0.9, 40)])
def test_however_often_one_looks_each_reading_comes_once(fast, steps):
    newest, times = fast.begin, []
    for seconds in steps:
        for one in fast.due(RECORDED, newest, NOW + seconds * SECOND):
            times.append(one.at)
            newest = one.at
    assert times == [fast.begin + i * HOUR - timedelta(minutes=30) for i in range(1, 41)]


def test_a_playing_that_was_stopped_goes_on_where_it_was(fast):
    stored = fast.due(RECORDED, fast.begin, NOW + 5 * SECOND)[-1].at
    later = fast.due(RECORDED, stored, NOW + 9 * SECOND)
    assert [one.at - stored for one in later] == [i * HOUR for i in (1, 2, 3, 4)]


def test_nothing_comes_from_the_future(fast):
    much_later = NOW + 10 * timedelta(minutes=1)
    assert fast.position(much_later) == much_later
    assert fast.due(RECORDED, fast.begin, much_later)[-1].at <= much_later


def test_a_recording_that_has_caught_up_years_ago_is_still_at_the_present(fast):
    years_later = NOW + 2500 * DAY  # at an hour a second longer than any calendar
    assert fast.position(years_later) == years_later
    assert fast.seconds_to_next(RECORDED, years_later) is None


def test_it_knows_when_the_next_one_is_due(fast):
    assert fast.seconds_to_next(RECORDED, NOW) == pytest.approx(0.5)
    caught_up = NOW + 10 * timedelta(minutes=1)
    assert fast.seconds_to_next(RECORDED, caught_up) == pytest.approx(20 * 60)  # at 13:00


def test_waiting_as_told_brings_exactly_the_next_one(fast):
    now, newest = NOW, fast.begin
    for _ in range(5):
        now += (fast.seconds_to_next(RECORDED, now) + 0.001) * SECOND
        [one] = fast.due(RECORDED, newest, now)
        newest = one.at


def test_after_the_last_there_is_no_next(fast):
    end = RECORDED[-1].at + SHIFT + HOUR
    assert fast.seconds_to_next(RECORDED, max(end, NOW + 365 * DAY)) is None
    assert fast.seconds_to_next([], NOW) is None
