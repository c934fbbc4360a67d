"""What an event says of itself, reading by reading: by hand, without a training."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from detection.analysis.severity import EXTREME, FAULT_AT_MOST, MINOR, SEVERE
from detection.live.band import BandPoint
from detection.live.events.details import FIRST, REMEMBERED, UNTOLD, correct, take_in
from detection.live.events.faults import judged_fault
from detection.live.events.judgement import Judged
from detection.models import Anomaly
from ingestion.models import Station
from tests.detection.trained import KEY
from tests.factories import HOUR, make_anomaly, make_variables, this_hour

pytestmark = pytest.mark.django_db
Kind = Anomaly.Kind
LAHORE = Station(slug="lahore", name="Lahore")
EVERY_TEN_MINUTES = Station(slug="lahore", name="Lahore", expected_interval=timedelta(minutes=10))


@pytest.fixture(autouse=True)
def variables(db: None) -> None:
    make_variables()


def reading(hour: int = 0, value: float = 400.0, **changes: Any) -> Judged:
    """Usual is 50 to 200, expected 100."""
    at = this_hour() + hour * HOUR
    given = {"days_between": 400.0, "score": 0.9, "votes": {"learned": 2.0}, "version": 1, "aqi": 250}
    return Judged(at, value, **{"point": BandPoint(at, 100.0, 50.0, 200.0), **given, **changes})


def told(*readings: Judged, station: Station = LAHORE, frame: pd.DataFrame | None = None, **fields: Any) -> Anomaly:
    given = {"series": KEY, "station": "lahore", "variable": "pm2_5", "start": readings[0].at, "score": UNTOLD}
    anomaly = Anomaly(**{**given, **fields})
    for one in readings:
        take_in(anomaly, station, one, frame)
    return anomaly


def hours(**meanwhile: float) -> pd.DataFrame:
    """Ten days at 100, and what each column was in the event's hour."""
    at = pd.date_range(end=this_hour(), periods=240, freq=HOUR)
    frame = pd.DataFrame(100.0, index=at, columns=[name.replace("__", "@") for name in meanwhile])
    frame.iloc[-1] = list(meanwhile.values())
    return frame


def test_the_first_of_the_most_unusual_readings_stands_for_an_event() -> None:
    peak = reading(1, 500.0, score=0.95, days_between=50.0, record_days=90.0, votes={"one_step": 3.0}, version=7)
    event = told(reading(0), peak, reading(2, 600.0, score=0.95), reading(3, 300.0))
    assert (event.value, event.peak_at, event.score) == (500.0, peak.at, 0.95)
    assert (event.days_between, event.record_days) == (50.0, 90.0)
    assert (event.expected, event.lower, event.upper, event.model_version) == (100.0, 50.0, 200.0, 7)
    assert (event.last_at, event.voters) == (this_hour() + 3 * HOUR, {"one_step": 3.0})


@pytest.mark.parametrize(
    ("votes", "voters"),
    [
        ({"a": 2.0, "b": 1.4, "c": 1.39}, ["a", "b"]),
        ({"a": -1.0, "b": -1.0}, []),
        ({"a": 0.0}, []),
        ({"a": 0.5}, ["a"]),
        ({}, []),
    ],
)
def test_those_voted_for_it_who_were_nearly_as_surprised_as_any(votes: dict[str, float], voters: list[str]) -> None:
    assert list(told(reading(votes=votes)).voters) == voters


def test_a_sensor_that_the_rules_know_to_be_stuck_stays_stuck_however_long_it_lasts() -> None:
    """The detectors saw it first, and so surely that no reading after them is more unusual."""
    found = [reading(hour, score=1.0, votes={"flatline": 4.0}) for hour in range(4)]
    doubted = [judged_fault("frozen: …", reading(hour).at, 400.0, None, 1) for hour in range(4, REMEMBERED + 20)]
    event = told(*found, *filter(None, doubted))
    assert (event.kind, event.is_fault, event.severity) == (Kind.STUCK, True, FAULT_AT_MOST)


def test_where_the_most_unusual_value_is_corrected_another_reading_stands_for_it() -> None:
    event = told(reading(0, 500.0, score=0.95), reading(1, 450.0, score=0.92), reading(2))
    assert correct(event, LAHORE, reading(2, 410.0), None, belongs=True)
    assert event.value == 500.0
    assert correct(event, LAHORE, reading(0, 300.0, score=0.5), None, belongs=True)
    assert (event.value, event.score, len(event.details["readings"])) == (450.0, 0.92, 3)


def test_of_a_long_event_the_first_and_the_newest_readings_are_remembered() -> None:
    usual = {"value": 2.0, "votes": {}, "score": UNTOLD, "fault": None}
    before = [usual | {"value": 1.0}] * FIRST + [usual | {"value": 3.0}] + [usual] * (REMEMBERED - FIRST - 1)
    event = told(reading(), details={"readings": before})
    values = [entry["value"] for entry in event.details["readings"]]
    assert values == [1.0] * FIRST + [2.0] * (REMEMBERED - FIRST - 1) + [400.0]


def test_what_began_suddenly_is_a_level_however_many_readings_a_sensor_sends_of_it() -> None:
    minute = Station(slug="lahore", name="Lahore", expected_interval=timedelta(minutes=1))
    first = reading(0, votes={"one_step": 4.0})
    later = [replace(first, at=first.at + n * timedelta(minutes=1), votes={"learned": 2.0}) for n in range(1, 600)]
    assert told(first, *later[:300], station=minute).kind == Kind.SPIKE
    assert told(first, *later, station=minute).kind == Kind.LEVEL_SHIFT


@pytest.mark.parametrize(("value", "severity"), [(20.0, MINOR), (400.0, EXTREME)])
def test_air_that_got_better_is_never_severe(value: float, severity: int) -> None:
    assert told(reading(value=value)).severity == severity
    assert told(reading(value=value, point=None)).severity == EXTREME, "it is not known whether that is better"


def test_the_newest_index_makes_it_severe_and_not_the_first() -> None:
    usual = {"days_between": 20.0}
    assert told(reading(0, aqi=310, **usual)).severity == SEVERE
    assert told(reading(0, aqi=310, **usual), reading(1, aqi=150, **usual)).severity == MINOR


@pytest.mark.parametrize(("value", "kind"), [(49.0, Kind.SPIKE), (50.0, Kind.OUT_OF_PATTERN), (201.0, Kind.SPIKE)])
def test_what_is_odd_within_the_usual_range_is_out_of_pattern(value: float, kind: str) -> None:
    assert told(reading(value=value)).kind == kind
    assert told(reading(value=200.0)).kind == Kind.OUT_OF_PATTERN
    assert told(reading(value=value, point=None)).kind == Kind.SPIKE


@pytest.mark.parametrize(("station", "kind"), [(LAHORE, Kind.LEVEL_SHIFT), (EVERY_TEN_MINUTES, Kind.SPIKE)])
def test_eight_readings_last_eight_intervals_of_the_station(station: Station, kind: str) -> None:
    first = reading(votes={"one_step": 2.0})
    readings = [replace(first, at=first.at + n * station.expected_interval) for n in range(8)]
    assert told(*readings, station=station).kind == kind


@pytest.mark.parametrize(("pm10", "is_fault"), [(100.0, True), (400.0, False)])
def test_a_leap_that_nothing_else_shares_is_a_fault(pm10: float, is_fault: bool) -> None:
    event = told(reading(votes={"one_step": 4.0}), frame=hours(pm2_5=400.0, pm10=pm10))
    assert (event.is_fault, event.details["company"]["confirmed"]) == (is_fault, not is_fault)
    assert (event.severity <= FAULT_AT_MOST) == is_fault
    assert ("Nothing else at the station moved with it." in event.explanation) == is_fault


@pytest.mark.parametrize(("ravi", "is_fault"), [(10.0, False), (100.0, True)])
def test_a_fall_that_all_stations_share_is_no_dropout(ravi: float, is_fault: bool) -> None:
    event = told(reading(value=10.0, votes={"dropout": 3.0}), frame=hours(pm2_5=10.0, pm2_5__ravi=ravi))
    assert event.is_fault == is_fault


def test_beside_an_event_stand_earlier_ones_of_its_series_and_of_its_sort() -> None:
    def earlier(days: int, **fields: Any) -> Anomaly:
        details = {"readings": [{"value": 390.0, "votes": {}}]}
        return make_anomaly("lahore", this_hour() - days * 24 * HOUR, details=details, **fields)

    like = earlier(3)
    earlier(4, series="lahore/pm10")
    earlier(5, is_fault=True)
    earlier(-1)
    event = told(reading(), frame=hours(pm2_5=400.0, pm10=400.0))
    assert [one["start"] for one in event.details["similar"]] == [like.start.isoformat()]


@pytest.mark.parametrize(
    ("flag", "value", "kind"),
    [
        ("sentinel: …", -9999.0, Kind.DROPOUT),
        ("sentinel: …", 9999.0, Kind.OUT_OF_RANGE),
        ("zero_pair: …", 0.0, Kind.DROPOUT),
        ("negative: …", -1.0, Kind.OUT_OF_RANGE),
        ("out_of_range: …", 1e6, Kind.OUT_OF_RANGE),
        ("frozen: …", 61.0, Kind.STUCK),
        ("repeated: …", 61.0, Kind.STUCK),
    ],
)
def test_what_a_quality_rule_says_of_a_broken_sensor_is_a_fault_of_its_kind(flag: str, value: float, kind: str) -> None:
    one = judged_fault(flag, this_hour(), value, None, 3)
    assert one is not None
    event = told(one, frame=hours(pm2_5=value, pm10=100.0))
    assert (event.kind, event.is_fault, event.severity, event.score) == (kind, True, FAULT_AT_MOST, 1.0)
    assert (event.days_between, event.model_version, list(event.details)) == (None, 3, ["readings"])


@pytest.mark.parametrize("rule", ["pm_order", "jump", "clock_skew"])
def test_what_a_quality_rule_doubts_without_blaming_the_sensor_is_no_fault(rule: str) -> None:
    assert judged_fault(f"{rule}: …", this_hour(), 61.0, None, 1) is None
