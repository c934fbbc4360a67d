"""Each rule finds what it is for, says it in a sentence, and leaves real air alone."""

import csv
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ingestion.observation import Observation
from ingestion.providers.openweather.parse import parse_observed
from ingestion.quality.check import Checker
from ingestion.quality.rules import RULES
from ingestion.quality.spec import POLLUTANTS, Flag, Habit, Spec, learn_habit
from tests.ingestion.conftest import DATA
from tests.ingestion.test_openweather import as_item

HOUR = timedelta(hours=1)
NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
CLEAN = {
    "co": 400.0,
    "no": 0.1,
    "no2": 12.0,
    "o3": 60.0,
    "so2": 5.0,
    "pm2_5": 80.0,
    "pm10": 110.0,
    "nh3": 6.0,
}


@pytest.fixture
def checker():
    return Checker(POLLUTANTS, HOUR)


def reading(hour=0, **values):
    return Observation(NOON + hour * HOUR, CLEAN | values, "openweather")


def past(rows=30):
    """Air that moves a little every hour; the oldest first, the last one hour before noon."""
    rng = np.random.default_rng(1)
    factors = 1 + 0.05 * rng.standard_normal((rows, len(CLEAN)))
    values = [dict(zip(CLEAN, row, strict=True)) for row in factors * list(CLEAN.values())]
    return [Observation(NOON - (rows - i) * HOUR, row, "openweather") for i, row in enumerate(values)]


def doubts(checker, row, history, received_at=None):
    """About the last of many readings."""
    return checker.check([*history, row], [*[None] * len(history), received_at])[-1]


def rules_of(flags):
    return {code: flag.rule for code, flag in flags.items()}


def test_clean_air_has_no_flags(checker):
    assert doubts(checker, reading(), past()) == {}


@pytest.mark.parametrize("value", [-99.0, -999.0, -9999.0, -99999.0, -32768.0, -9.99899949e12, 9.96921e36])
def test_a_sentinel_is_flagged_and_its_neighbours_are_not(checker, value):
    assert rules_of(doubts(checker, reading(pm10=value), past())) == {"pm10": "sentinel"}


def test_a_negative_concentration_is_flagged(checker):
    flags = doubts(checker, reading(o3=-3.5), past())
    assert flags == {"o3": Flag("negative", "O3 -3.5 µg/m³: a concentration cannot be below zero.")}


def test_a_negative_temperature_is_none_of_that_rules_business():
    checker = Checker([Spec("temperature", "Temperature", "°C", low=-60, high=60)], HOUR)
    assert doubts(checker, Observation(NOON, {"temperature": -12.0}, "push"), []) == {}


@pytest.mark.parametrize("spec", POLLUTANTS, ids=lambda spec: spec.code)
def test_out_of_range_begins_just_above_the_limit(spec):
    checker = Checker([spec], HOUR)
    assert doubts(checker, Observation(NOON, {spec.code: spec.high}, "push"), []) == {}
    flags = doubts(checker, Observation(NOON, {spec.code: spec.high * 1.001}, "push"), [])
    assert rules_of(flags) == {spec.code: "out_of_range"}


def test_pm_zero_with_pm10_zero_is_a_missing_value(checker):
    flags = doubts(checker, reading(pm2_5=0.0, pm10=0.0), past())
    assert rules_of(flags) == {"pm2_5": "zero_pair", "pm10": "zero_pair"}


def test_a_single_zero_is_kept(checker):
    assert doubts(checker, reading(no=0.0), past()) == {}


@pytest.mark.parametrize(("pm2_5", "flagged"), [(123.0, False), (124.0, True)])
def test_pm2_5_above_pm10_is_flagged_beyond_its_tolerance(checker, pm2_5, flagged):
    flags = doubts(checker, reading(pm2_5=pm2_5, pm10=110.0), past())
    assert rules_of(flags) == ({"pm2_5": "pm_order", "pm10": "pm_order"} if flagged else {})


@pytest.mark.parametrize(("minutes", "flagged"), [(0, False), (2, False), (3, True)])
def test_a_clock_that_is_ahead_puts_the_whole_reading_in_doubt(checker, minutes, flagged):
    flags = doubts(checker, reading(), past(), received_at=NOON - timedelta(minutes=minutes))
    assert set(rules_of(flags).values()) == ({"clock_skew"} if flagged else set())
    if flagged:
        assert flags.keys() == CLEAN.keys()
        assert flags["co"].reason == "Stamped 3 minutes after its arrival: the station's clock is ahead."


def test_a_backfill_says_nothing_about_clocks(checker):
    assert doubts(checker, reading(), past(), received_at=None) == {}


def test_the_same_measurement_sent_again_is_flagged(checker):
    history = past()
    again = Observation(NOON, history[-1].values, "openweather")
    assert set(rules_of(doubts(checker, again, history)).values()) == {"repeated"}


def test_a_few_equal_values_are_no_repetition(checker):
    history = past()
    assert doubts(checker, reading(co=history[-1].values["co"], so2=history[-1].values["so2"]), history) == {}


def frozen_for(rows, value=80.0, code="pm2_5"):
    """Readings whose last `rows` hold one value."""
    history = past(40)
    values = [dict(o.values) | ({code: value} if 40 - i <= rows else {}) for i, o in enumerate(history)]
    return [Observation(o.at, v, "openweather") for o, v in zip(history, values, strict=True)]


@pytest.mark.parametrize(("rows", "flagged"), [(4, False), (5, True)])
def test_a_value_that_stands_still_for_six_hours_is_frozen(checker, rows, flagged):
    flags = doubts(checker, reading(pm2_5=80.0), frozen_for(rows))
    assert rules_of(flags) == ({"pm2_5": "frozen"} if flagged else {})
    if flagged:
        assert flags["pm2_5"].reason.startswith("PM2.5 is exactly 80 at least 6 times in a row")


def test_a_gas_may_rest_at_zero_for_a_night(checker):
    assert doubts(checker, reading(no=0.0), frozen_for(20, 0.0, "no")) == {}
    assert rules_of(doubts(checker, reading(no=0.0), frozen_for(23, 0.0, "no"))) == {"no": "frozen"}


def test_the_limit_follows_the_habit_of_the_series():
    steady = Spec("temperature", "Temperature", "°C", habit=Habit(run=9, floor=60.0, floor_run=1))
    checker = Checker([steady], HOUR)
    rows = [Observation(NOON - i * HOUR, {"temperature": 70.0}, "push") for i in range(18, 0, -1)]
    assert doubts(checker, Observation(NOON, {"temperature": 70.0}, "push"), rows[1:]) == {}
    assert rules_of(doubts(checker, Observation(NOON, {"temperature": 70.0}, "push"), rows)) == {
        "temperature": "frozen"
    }


def test_a_gap_breaks_a_run(checker):
    history = frozen_for(6)[:-4]
    assert doubts(checker, reading(pm2_5=80.0), history) == {}


def test_reporting_more_often_than_expected_is_not_freezing(checker):
    rows = [Observation(NOON + timedelta(minutes=10 * i), CLEAN | {"o3": 60.0 + i}, "openaq") for i in range(60)]
    flags = [set(rules_of(flags).values()) for flags in checker.check(rows)]
    assert flags.index({"frozen"}) == 28  # as late as with hourly readings, whose sixth comes after five hours
    assert all(found == {"frozen"} for found in flags[28:])


def test_a_frozen_minute_series_is_found_without_knowing_the_hour():
    checker = Checker([Spec("temperature")], timedelta(minutes=1))
    rows = [Observation(NOON + timedelta(minutes=i), {"temperature": 70.0}, "push") for i in range(400)]
    flags = checker.check(rows)
    assert [i for i, flag in enumerate(flags) if flag] == list(range(359, 400))


def test_one_pollutant_that_leaps_alone_is_flagged(checker):
    flags = doubts(checker, reading(co=2500.0), past())
    assert rules_of(flags) == {"co": "jump"}
    assert flags["co"].reason.endswith("to 2500 µg/m³ while its relatives stood still.")


def test_a_smog_front_that_lifts_everything_is_kept(checker):
    assert doubts(checker, reading(pm2_5=400.0, pm10=520.0, co=2000.0, no2=60.0), past()) == {}


def test_the_return_from_a_single_bad_value_is_kept(checker):
    rows = [reading(0, co=2500.0), reading(1, co=402.0), reading(2, co=395.0)]
    assert [rules_of(flags) for flags in checker.check([*past(), *rows])[-3:]] == [{"co": "jump"}, {}, {}]


def test_a_leap_without_known_relatives_is_kept():
    checker = Checker([spec for spec in POLLUTANTS if spec.code in {"co", "o3"}], HOUR)
    assert doubts(checker, reading(co=2500.0), past()) == {}


def test_a_bulk_check_finds_what_single_checks_find(checker):
    rows = frozen_for(12)
    broken = [dict(row.values) for row in rows]
    broken[5]["pm10"], broken[9]["co"], broken[11]["o3"], broken[14]["pm2_5"] = -9999.0, 4000.0, -1.0, 300.0
    rows = [Observation(row.at, values, "x") for row, values in zip(rows, broken, strict=True)]
    single = [doubts(checker, row, rows[max(0, i - checker.rows_needed) : i]) for i, row in enumerate(rows)]
    assert checker.check(rows) == single
    assert sum(map(len, single)) > 8


def test_a_leap_after_a_long_rest_is_judged_by_a_single_check_as_by_a_bulk_check(checker):
    rests = [Observation(row.at, row.values | {"so2": 0.0}, "x") for row in past(40)]
    rows = [*rests, *(reading(hour, so2=60.0 + hour) for hour in range(3))]
    single = [doubts(checker, row, rows[max(0, i - checker.rows_needed) : i]) for i, row in enumerate(rows)]
    assert checker.check(rows) == single


def test_the_order_of_readings_does_not_matter(checker):
    rows = frozen_for(12)
    forward = checker.check(rows)
    assert checker.check(rows[::-1]) == forward[::-1]


def test_an_empty_batch_and_a_station_without_variables_are_fine(checker):
    assert checker.check([]) == []
    assert doubts(Checker([], HOUR), reading(), past()) == {}


def test_readings_are_never_changed(checker):
    before = dict(CLEAN)
    row = Observation(NOON, before | {"pm10": -9999.0}, "x")
    doubts(checker, row, past())
    assert row.values == CLEAN | {"pm10": -9999.0}


def test_rules_have_names_of_their_own():
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_every_observed_defect_is_flagged(checker):
    """The 19 rows that a provider really returned: what is wrong is flagged, what is right is kept."""
    with (DATA / "openweather_observed_defects_lahore.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    parsed = parse_observed({"list": [as_item(row) for row in rows]}, datetime(2026, 3, 1, tzinfo=UTC))
    for row, flags in zip(rows, checker.check(parsed.observations), strict=True):
        bad = {code for code in CLEAN if row[code] and (float(row[code]) <= -999 or is_zero_pair(row, code))}
        assert bad
        assert bad <= flags.keys()
        assert {flags[code].rule for code in bad} <= {"sentinel", "zero_pair"}
        assert all(flag.rule == "repeated" for code, flag in flags.items() if code not in bad)


def test_the_sentence_of_a_jump_starts_from_a_value_that_counts(checker):
    rows = [reading(-3, so2=5.0), reading(-2, so2=-9999.0), reading(-1, so2=-9999.0), reading(so2=90.0)]
    flag = checker.check([*past()[:-3], *rows])[-1]["so2"]
    assert flag.rule == "jump"
    assert flag.reason == "SO2 went from 5 to 90 µg/m³ while its relatives stood still."


def is_zero_pair(row, code):
    return code in {"pm2_5", "pm10"} and float(row["pm2_5"]) == float(row["pm10"]) == 0


def test_a_habit_is_what_has_happened_often():
    often = np.array([1.0, 2, 2, 3] * 10)
    assert learn_habit(often) == Habit(run=2, floor=1.0, floor_run=1)
    once_stuck = np.concatenate([often, np.full(30, 7.0)])
    assert learn_habit(once_stuck).run == 2


def test_a_habit_knows_the_floor_apart():
    nights = np.array(([0.0] * 9 + [4.0, 5.0, 6.0]) * 6)
    assert learn_habit(nights) == Habit(run=1, floor=0.0, floor_run=9)


@pytest.mark.shared_data
def test_five_real_years_are_left_alone(shared_data, checker):
    """37,925 hours of Lahore, cleaned by hand: the rules flag fewer than one value in 10,000."""
    import gzip

    path = shared_data / "lahore" / "openweather_lahore_hourly_2021-01_2026-01.csv.gz"
    with gzip.open(path, "rt") as lines:
        rows = [
            Observation(
                datetime.fromisoformat(row["ts_utc"]),
                {c: float(row[c]) for c in CLEAN if row[c]},
                "openweather",
            )
            for row in csv.DictReader(lines)
        ]
    flags = checker.check(rows)
    assert sum(map(len, flags)) < 30
