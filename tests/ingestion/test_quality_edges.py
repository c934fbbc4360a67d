"""Where each rule begins and ends, and what it says."""

from datetime import timedelta

import numpy as np
import pytest

from ingestion.observation import Observation
from ingestion.quality.check import Checker
from ingestion.quality.spec import POLLUTANTS, Habit, Spec, learn_habit
from tests.ingestion.test_quality import CLEAN, HOUR, NOON, doubts, frozen_for, past, reading, rules_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def checker():
    return Checker(POLLUTANTS, HOUR)


def measures(*codes):
    """The rules for a station that measures these alone."""
    return Checker([spec for spec in POLLUTANTS if spec.code in codes], HOUR)


def only(row, *codes):
    return Observation(row.at, {code: row.values[code] for code in codes}, row.provider)


@pytest.mark.parametrize(
    ("doubted", "code", "sentence"),
    [
        ({"pm10": -9999.0}, "pm10", "PM10 -9999 µg/m³ is how a provider writes a missing value."),
        ({"pm10": 1e9}, "pm10", "PM10 1e+09 µg/m³ is how a provider writes a missing value."),
        ({"o3": 1600.0}, "o3", "O3 1600 µg/m³ is outside 0 to 1500."),
        (
            {"pm2_5": 0.0, "pm10": 0.0},
            "pm10",
            "PM2.5 and PM10 are both exactly 0: a missing value was sent as zero.",
        ),
        (
            {"pm2_5": 124.0},
            "pm10",
            "PM2.5 (124) is more than PM10 (110), of which it is a part: one of them is wrong.",
        ),
    ],
)
def test_a_doubt_is_a_sentence_that_names_the_numbers(checker, doubted, code, sentence):
    assert doubts(checker, reading(**doubted), past())[code].reason == sentence


def test_a_measurement_sent_again_is_told_so(checker):
    again = Observation(NOON, past()[-1].values, "openweather")
    said = {flag.reason for flag in doubts(checker, again, past()).values()}
    assert said == {"All values are exactly those of the reading before: the same measurement was sent again."}


@pytest.mark.parametrize(("rows", "limit"), [(23, 24), (30, 24)])
def test_the_sentence_of_a_gas_that_rests_at_zero_names_the_limit_of_zero(checker, rows, limit):
    said = doubts(checker, reading(no=0.0), frozen_for(rows, 0.0, "no"))["no"].reason
    assert said == f"NO is exactly 0 at least {limit} times in a row: the sensor or its feed is stuck."


def test_a_variable_without_a_name_is_called_by_its_code():
    rows = [Observation(NOON + hour * HOUR, {"oil_level": 7.0}, "push") for hour in range(6)]
    assert Checker([Spec("oil_level")], HOUR).check(rows)[-1]["oil_level"].reason.startswith("oil_level is")


def test_a_clock_that_is_an_hour_ahead_is_told_in_minutes(checker):
    flags = doubts(checker, reading(), past(), received_at=NOON - 58 * MINUTE)
    assert flags["co"].reason == "Stamped 58 minutes after its arrival: the station's clock is ahead."


def test_a_station_that_measures_dust_alone_has_its_dust_compared():
    dust = measures("pm2_5", "pm10")
    row = only(reading(pm2_5=124.0, pm10=110.0), "pm2_5", "pm10")
    assert rules_of(doubts(dust, row, [])) == {"pm2_5": "pm_order", "pm10": "pm_order"}


@pytest.mark.parametrize(("codes", "repeated"), [(("o3", "co"), False), (("o3", "co", "so2"), True)])
def test_it_takes_three_pollutants_to_be_a_repeated_measurement(codes, repeated):
    """Two may be equal by chance, hour after hour: that is no more than one coincidence at a time."""
    rows = [only(reading(hour), *codes) for hour in range(4)]
    flags = measures(*codes).check(rows)
    assert [set(rules_of(found).values()) for found in flags] == [set()] + [{"repeated"} if repeated else set()] * 3


@pytest.mark.parametrize(("hours", "flagged"), [(4, False), (5, True)])
def test_a_low_value_that_is_not_zero_may_not_rest_for_a_night(checker, hours, flagged):
    flags = doubts(checker, reading(no=0.5), frozen_for(hours, 0.5, "no"))
    assert rules_of(flags) == ({"no": "frozen"} if flagged else {})


@pytest.mark.parametrize(("rows", "flagged"), [(5, False), (6, True)])
def test_reporting_more_seldom_than_expected_is_not_freezing(checker, rows, flagged):
    """Five intervals have gone by after three readings, which say less than six."""
    every_other = [Observation(NOON + 2 * place * HOUR, row.values, "x") for place, row in enumerate(past(20))]
    resting = [Observation(row.at, row.values | {"pm2_5": 80.0}, "x") for row in every_other[-rows:]]
    flags = checker.check([*every_other[:-rows], *resting])[-1]
    assert rules_of(flags) == ({"pm2_5": "frozen"} if flagged else {})


@pytest.mark.parametrize(("level", "flagged"), [(0.0, False), (7.5, True)])
def test_what_usually_rests_longer_than_a_check_looks_back_is_not_frozen_there(level, flagged):
    """A machine that is off from Friday night to Monday morning, and reports each minute."""
    power = Spec("power", "Power", "kW", habit=Habit(run=2, floor=0.0, floor_run=56 * 60))
    checker = Checker([power], MINUTE)
    rows = [Observation(NOON + n * MINUTE, {"power": level}, "push") for n in range(1500)]
    assert rules_of(checker.check(rows)[-1]) == ({"power": "frozen"} if flagged else {})
    assert checker.rows_needed < 10


@pytest.mark.parametrize(("level", "flagged"), [(0.0, False), (7.5, True)])
def test_who_reports_each_ten_seconds_may_rest_at_zero_until_its_habit_is_known(level, flagged):
    """A day is more than a check looks back, six hours above zero are told after four."""
    checker = Checker([Spec("power")], MINUTE / 6)
    rows = [Observation(NOON + n * MINUTE / 6, {"power": level}, "push") for n in range(1500)]
    assert rules_of(checker.check(rows)[-1]) == ({"power": "frozen"} if flagged else {})


@pytest.mark.parametrize(("hours", "flagged"), [(3, True), (4, False)])
def test_a_gap_of_more_than_three_intervals_breaks_a_run(checker, hours, flagged):
    flags = doubts(checker, reading(pm2_5=80.0), frozen_for(20)[: 41 - hours])
    assert rules_of(flags) == ({"pm2_5": "frozen"} if flagged else {})


@pytest.mark.parametrize(("hours", "flagged"), [(3, True), (4, False)])
def test_after_a_gap_of_more_than_three_intervals_nothing_is_a_jump(checker, hours, flagged):
    assert rules_of(doubts(checker, reading(co=2500.0), past()[: 31 - hours])) == ({"co": "jump"} if flagged else {})


@pytest.mark.parametrize(("relatives", "flagged"), [(("pm2_5",), False), (("pm2_5", "pm10"), True)])
def test_it_takes_two_relatives_that_stand_still_to_leap_alone(relatives, flagged):
    codes = ("co", "o3", *relatives)
    history = [only(row, *codes) for row in past()]
    flags = doubts(measures(*codes), only(reading(co=2500.0), *codes), history)
    assert rules_of(flags) == ({"co": "jump"} if flagged else {})


def test_a_smog_front_of_the_day_before_excuses_no_leap_of_today(checker):
    """Rows are judged one by one, however many come at once."""
    front = [Observation(row.at, {code: 5 * value for code, value in row.values.items()}, "x") for row in past(4)]
    rows = [*(Observation(row.at - 4 * HOUR, row.values, "x") for row in past(4)), *front]
    later = Observation(NOON, {code: 5 * value for code, value in (CLEAN | {"co": 2500.0}).items()}, "x")
    assert [rules_of(flags) for flags in checker.check([*rows, later])] == [{}] * 8 + [{"co": "jump"}]


@pytest.mark.parametrize(("times", "run"), [(4, 1), (5, 2)])
def test_what_has_happened_five_times_is_usual(times, run):
    pairs = [value for number in range(times) for value in (10.0 + number, 10.0 + number)]
    assert learn_habit(np.array([1.0, *pairs, *range(30, 40)])).run == run


@pytest.mark.parametrize(("values", "floor"), [([], 0.0), ([np.nan] * 4, 0.0), ([3.0], 3.0), ([3.0, 3.0], 3.0)])
def test_a_short_past_has_a_floor_and_no_habit(values, floor):
    assert learn_habit(np.array(values)) == Habit(1, floor, 1)
