"""Live, late, silent; completeness and gaps; remarks on whole readings."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ingestion.observation import Observation
from ingestion.quality.presence import Completeness, day_completeness, day_span, gaps, may_be_foretold, presence
from ingestion.quality.remarks import late, merge_duplicates

HOUR = timedelta(hours=1)
NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
LAHORE = ZoneInfo("Asia/Karachi")


@pytest.mark.parametrize(
    ("age", "wanted"),
    [(0, "live"), (2, "live"), (2.01, "late"), (3, "late"), (3.01, "silent"), (500, "silent")],
)
@pytest.mark.parametrize("interval", [timedelta(minutes=1), HOUR, timedelta(hours=3)])
def test_a_station_is_live_late_or_silent_by_its_own_interval(age, wanted, interval):
    assert presence(NOW - age * interval, NOW, interval) == wanted


def test_a_station_that_never_reported_is_silent():
    assert presence(None, NOW, HOUR) == "silent"


def hours(day, *which):
    return [day_span(day, LAHORE)[0] + h * HOUR for h in which]


def test_a_full_day_is_complete():
    day = date(2026, 1, 9)
    assert day_completeness(hours(day, *range(24)), day, LAHORE, HOUR, NOW) == Completeness(24, 24)


def test_missing_hours_and_second_readings_of_an_hour_are_counted_right():
    day = date(2026, 1, 9)
    times = [*hours(date(2026, 1, 8), 3), *hours(day, 0, 1, 1.25, 5, 24)]  # the last is the next day's first
    found = day_completeness(times, day, LAHORE, HOUR, NOW)
    assert (found, found.share) == (Completeness(24, 3), 0.125)


def test_today_is_measured_as_far_as_it_has_come():
    today = date(2026, 1, 10)  # 17:00 in Lahore
    assert day_completeness(hours(today, *range(17)), today, LAHORE, HOUR, NOW) == Completeness(17, 17)


def test_tomorrow_expects_nothing_yet():
    done = day_completeness([], date(2026, 1, 12), LAHORE, HOUR, NOW)
    assert (done, done.share) == (Completeness(0, 0), 1.0)


@pytest.mark.parametrize(("day", "length"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 5, 1), 24)])
def test_a_day_is_as_long_as_the_clocks_make_it(day, length):
    berlin = ZoneInfo("Europe/Berlin")
    assert day_completeness([], day, berlin, HOUR, NOW).expected == length


def test_gaps_are_where_nothing_came():
    times = [NOW + h * HOUR for h in (0, 1, 4, 5)]
    assert list(gaps(times, NOW - HOUR, NOW + 8 * HOUR, HOUR)) == [
        (NOW - HOUR, NOW),
        (NOW + 2 * HOUR, NOW + 4 * HOUR),
        (NOW + 6 * HOUR, NOW + 8 * HOUR),
    ]


def test_an_irregular_cadence_is_no_gap():
    times = [NOW + timedelta(minutes=m) for m in (0, 17, 30, 55, 60, 77)]
    assert list(gaps(times, NOW, NOW + timedelta(minutes=90), timedelta(minutes=17))) == []


@pytest.mark.parametrize(("minutes", "is_gap"), [(90, False), (91, True)])
def test_half_an_interval_of_delay_is_no_gap(minutes, is_gap):
    late = NOW + timedelta(minutes=minutes)
    assert list(gaps([NOW, late], NOW, late + HOUR, HOUR)) == ([(NOW + HOUR, late)] if is_gap else [])
    assert list(gaps([NOW], NOW, late, HOUR)) == ([(NOW + HOUR, late)] if is_gap else [])


def test_what_lies_behind_a_span_ends_its_last_gap_with_it():
    times = [NOW, NOW + 3 * HOUR, NOW + 9 * HOUR]
    assert list(gaps(times, NOW, NOW + 3 * HOUR, HOUR)) == [(NOW + HOUR, NOW + 3 * HOUR)]


@pytest.mark.parametrize(("hours", "may"), [(0, True), (27, True), (27.01, False)])
def test_a_variable_is_foretold_for_a_day_and_three_intervals_after_its_last_usable_value(hours, may):
    assert may_be_foretold(NOW - hours * HOUR, NOW, HOUR) is may


def test_a_variable_without_any_usable_value_is_not_foretold():
    assert may_be_foretold(None, NOW, HOUR) is False


def test_no_readings_at_all_are_one_gap():
    assert list(gaps([], NOW, NOW + HOUR, HOUR)) == [(NOW, NOW + HOUR)]


def test_a_late_reading_is_remarked_on_but_not_doubted():
    assert late(NOW, NOW + 3 * HOUR, HOUR) is None
    assert late(NOW, NOW + 5 * HOUR, HOUR) == "Arrived 5 hours after its time: nobody could be warned by it."


@pytest.mark.parametrize(
    ("delay", "words"), [(10, "10 seconds"), (119, "119 seconds"), (120, "2 minutes"), (7199, "120 minutes")]
)
def test_how_late_it_is_has_a_unit_in_which_it_is_a_number(delay, words):
    second = timedelta(seconds=1)
    assert late(NOW, NOW + delay * second, second).startswith(f"Arrived {words} after its time")


def test_one_time_given_twice_becomes_one_reading_and_a_remark():
    first = Observation(NOW, {"pm2_5": 40.0, "pm10": 60.0}, "csv", rejected={"o3": "missing"})
    second = Observation(NOW, {"pm2_5": 44.0, "o3": 9.0}, "csv")
    other = Observation(NOW + HOUR, {"pm2_5": 41.0}, "csv")
    merged, remarks = merge_duplicates([first, other, second])
    assert [o.at for o in merged] == [NOW, NOW + HOUR]
    assert (merged[0].values, merged[0].rejected) == ({"pm2_5": 44.0, "pm10": 60.0, "o3": 9.0}, {})
    assert remarks == {NOW: "Given more than once for this time; replaced here: pm2_5 40."}


def test_the_same_reading_twice_is_not_worth_a_remark():
    same = Observation(NOW, {"pm2_5": 40.0}, "csv")
    assert merge_duplicates([same, same]) == ([same], {})
