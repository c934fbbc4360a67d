"""When an event opens, lasts and closes, reading by reading; one is seen once in so many days."""

from datetime import timedelta
from typing import Any

import pytest

from detection.live.events.judgement import Judged
from detection.live.events.lifespan import walk
from detection.models import Anomaly, Series, Severity
from ingestion.models import Station
from tests.factories import make_variables, this_hour

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
Span = tuple[int, int, int | None]  # hours of the first and last reading, and of the end
QUIET = 0.04  # days: each hour
LAHORE = Station(slug="lahore", name="Lahore")
EVERY_TEN_MINUTES = Station(slug="lahore", name="Lahore", expected_interval=timedelta(minutes=10))


def reading(hour: int, days: float, **changes: Any) -> Judged:
    given = {"value": 400.0, "point": None, "score": 0.9, "votes": {"one_step": 2.0}, "version": 1, "aqi": 250}
    return Judged(this_hour() + hour * HOUR, days_between=days, **{**given, **changes})


def events(*readings: float | Judged, station: Station = LAHORE, **series: Any) -> list[Span]:
    """What comes of hourly readings in a series that asks for an alarm in thirty days."""
    make_variables()
    judged = [one if isinstance(one, Judged) else reading(hour, one) for hour, one in enumerate(readings)]
    kept: dict[Any, Span] = {}

    def keep(anomaly: Anomaly) -> Anomaly:
        kept[anomaly.start] = (hour(anomaly.start), hour(anomaly.last_at), hour(anomaly.end))
        return anomaly

    changed = walk(asked(**series), station, judged, None, None, keep)
    assert changed == bool(kept)
    return list(kept.values())


def asked(**series: Any) -> Series:
    given = {"key": "lahore/pm2_5", "station": "lahore", "variable": "pm2_5", "false_alarms_per_month": 1}
    return Series(**{**given, **series})


def corrected(*readings: Judged) -> tuple[list[float], bool, bool]:
    """What an event of two hours has as its values when these are judged again: whether that was kept, and ended it."""
    make_variables()
    opened: list[Anomaly] = []
    walk(asked(), LAHORE, [reading(0, 30), reading(1, 30)], None, None, lambda one: opened.append(one) or one)
    kept: list[Anomaly] = []
    changed = walk(asked(), LAHORE, readings, None, opened[0], lambda one: kept.append(one) or one)
    assert changed == bool(kept)
    return [entry["value"] for entry in opened[0].details["readings"]], changed, opened[0].end is not None


def hour(at: Any) -> Any:
    return None if at is None else (at - this_hour()) // HOUR


@pytest.mark.parametrize(("days", "found"), [(29.9, []), (30, [(0, 0, None)])])
def test_it_opens_with_a_reading_as_rare_as_was_asked_for(days: float, found: list[Span]) -> None:
    assert events(days) == found


@pytest.mark.parametrize(("days", "last"), [(3, 1), (2.9, 0)])
def test_a_tenth_of_that_keeps_it_open(days: float, last: int) -> None:
    assert events(30, days) == [(0, last, None)]


@pytest.mark.parametrize(("days", "last"), [(1, 1), (0.9, 0)])
def test_what_is_seen_daily_keeps_none_open_however_low_the_bar_is(days: float, last: int) -> None:
    assert events(1.5, days, false_alarms_per_month=20) == [(0, last, None)]


def test_where_several_alarms_a_day_are_wanted_what_opens_keeps_open() -> None:
    assert events(0.1, 0.1, 0.09, false_alarms_per_month=300) == [(0, 1, None)]


def test_three_quiet_intervals_close_it_where_it_was_last_seen() -> None:
    assert events(30, 5, QUIET, QUIET) == [(0, 1, None)]
    assert events(30, 5, QUIET, QUIET, QUIET) == [(0, 1, 1)]


def test_what_the_calibration_counts_as_one_alarm_is_one_event_however_often_a_sensor_reports() -> None:
    assert events(30, QUIET, QUIET, 30, QUIET, station=EVERY_TEN_MINUTES) == [(0, 3, None)]
    assert events(30, QUIET, QUIET, QUIET, 30, station=EVERY_TEN_MINUTES) == [(0, 0, 0), (4, 4, None)]
    assert events(reading(0, 0, fault="stuck"), QUIET, station=EVERY_TEN_MINUTES) == [(0, 0, 0)]


def test_what_comes_again_before_is_the_same_and_after_it_another() -> None:
    assert events(30, QUIET, QUIET, 5) == [(0, 3, None)]
    assert events(30, QUIET, QUIET, QUIET, 5) == [(0, 0, 0)]
    assert events(30, QUIET, QUIET, QUIET, 30) == [(0, 0, 0), (4, 4, None)]


def test_what_is_rare_again_after_a_gap_in_the_readings_goes_on() -> None:
    assert events(reading(0, 30), reading(9, 30)) == [(0, 9, None)]
    assert events(reading(0, 30), reading(9, QUIET)) == [(0, 0, 0)]


@pytest.mark.parametrize("limits", [{"hard_max": 399.0}, {"hard_min": 401.0}])
def test_beyond_a_limit_of_an_admin_every_reading_is_an_event(limits: dict[str, float]) -> None:
    assert events(QUIET, QUIET, **limits) == [(0, 1, None)]


@pytest.mark.parametrize(("floor", "found"), [(Severity.SEVERE, [(0, 0, None)]), (Severity.EXTREME, [])])
def test_what_is_less_severe_than_was_asked_for_opens_none(floor: Severity, found: list[Span]) -> None:
    assert events(reading(0, 120, aqi=150), severity_floor=floor) == found


def test_a_doubted_value_is_no_part_of_an_event_of_the_air() -> None:
    assert events(reading(0, 30), reading(1, 30, fault="stuck")) == [(0, 0, None)]
    assert events(reading(0, 30), reading(1, 30, fault="stuck"), reading(2, 30)) == [(0, 2, None)]


def test_an_event_of_the_sensor_ends_where_it_is_well_enough_to_tell_of_the_air() -> None:
    faulty = [reading(hour, 0, fault="stuck") for hour in (0, 1)]
    assert events(*faulty) == [(0, 1, None)]
    assert events(*faulty, reading(2, QUIET)) == [(0, 1, None)]
    assert events(*faulty, reading(2, 30)) == [(0, 1, 1), (2, 2, None)]


@pytest.mark.parametrize("hour", [0, 1])
def test_a_value_that_is_judged_again_takes_the_place_of_the_one_before(hour: int) -> None:
    values, changed, over = corrected(reading(hour, 30, value=500.0))
    assert (values[hour], values[1 - hour], len(values)) == (500.0, 400.0, 2)
    assert (changed, over) == (True, False)


def test_the_same_value_judged_again_changes_nothing() -> None:
    assert corrected(reading(0, 30), reading(1, 5)) == ([400.0, 400.0], False, False)
    assert corrected(reading(0, QUIET)) == ([400.0, 400.0], False, False)


def test_a_value_that_is_corrected_to_a_usual_one_leaves_the_event() -> None:
    assert corrected(reading(0, QUIET, value=90.0)) == ([400.0], True, False)
    assert corrected(reading(0, 5, value=190.0)) == ([190.0, 400.0], True, False), "what would keep it open stays"


def test_what_was_no_part_of_an_event_stays_outside_when_it_is_judged_again() -> None:
    assert events(reading(0, 30), reading(1, QUIET), reading(2, 30), reading(1, QUIET)) == [(0, 2, None)]


def test_an_event_of_which_no_value_is_left_is_over_and_the_next_is_another() -> None:
    usual = [reading(hour, QUIET, value=90.0) for hour in (0, 1)]
    assert corrected(*usual) == ([400.0], True, True)
    assert events(reading(0, 30), usual[0], reading(1, 30)) == [(0, 0, 0), (1, 1, None)]
