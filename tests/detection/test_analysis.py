"""What an event is, how bad it is, and what else says so."""

from datetime import timedelta

import pytest

from detection.analysis.kinds import kind_of
from detection.analysis.severity import EXTREME, INFO, MINOR, MODERATE, SEVERE, severity
from detection.analysis.similar import Past, nearest

HOUR = timedelta(hours=1)


def _kind(*votes, confirmed=None, inside_band=False, widespread=False):
    given = {"confirmed": confirmed, "inside_band": inside_band, "widespread": widespread}
    return kind_of(votes, HOUR, lasts=len(votes) * HOUR, **given)


@pytest.mark.parametrize(
    ("detector", "kind"), [("flatline", "stuck"), ("dropout", "dropout"), ("out_of_range", "out_of_range")]
)
def test_what_only_a_broken_sensor_does_is_a_fault(detector, kind):
    found = _kind({detector: 3.0, "learned": 4.0})
    assert (found.name, found.is_fault) == (kind, True)


@pytest.mark.parametrize("detector", ["flatline", "dropout", "out_of_range"])
def test_one_odd_reading_in_a_long_episode_makes_no_fault_of_it(detector):
    episode = [{"one_step": 2.0}, *[{"learned": 2.0}] * 48]
    episode[30] = {"learned": 2.0, detector: 3.0}
    found = _kind(*episode)
    assert (found.name, found.is_fault) == ("level_shift", False)


def test_a_sensor_that_fails_within_an_episode_is_a_fault_before_long():
    episode = [{"one_step": 2.0}, *[{"learned": 2.0}] * 8]
    assert not _kind(*episode, {"dropout": 4.0}).is_fault
    assert _kind(*episode, *[{"dropout": 4.0}] * 3).name == "dropout"


def test_an_absurd_value_that_the_others_share_is_the_air():
    found = _kind({"out_of_range": 3.0, "one_step": 3.0}, confirmed=True)
    assert (found.name, found.is_fault) == ("spike", False)


def test_air_that_rain_has_washed_at_all_stations_is_no_dropout():
    washed = [{"dropout": 2.0, "learned": 2.0}] * 4
    assert not _kind(*washed, confirmed=True, widespread=True).is_fault
    assert _kind(*washed, confirmed=True).name == "dropout", "a station that lost its power fails in all pollutants"
    assert _kind({"flatline": 3.0}, confirmed=True, widespread=True).name == "stuck"


def test_a_short_sudden_rise_is_a_spike():
    assert _kind({"one_step": 2.0}, {"learned": 2.0}).name == "spike"


def test_a_sudden_rise_that_stays_is_a_level_shift():
    assert _kind({"one_step": 2.0}, *[{"learned": 2.0}] * 10).name == "level_shift"


USUAL = {"learned": 2.0}


@pytest.mark.parametrize(("hours", "name"), [(6, "spike"), (7, "level_shift")])
def test_a_spike_lasts_six_hours_at_most(hours, name):
    assert _kind({"one_step": 2.0}, *[USUAL] * (hours - 1)).name == name


@pytest.mark.parametrize(("hours", "name"), [(23, "spike"), (24, "slow_drift")])
def test_a_drift_lasts_a_day_at_least(hours, name):
    assert _kind(*[USUAL] * hours).name == name


@pytest.mark.parametrize(("before", "name"), [(5, "level_shift"), (6, "slow_drift")])
def test_what_begins_suddenly_does_so_within_six_hours(before, name):
    assert _kind(*[USUAL] * before, {"one_step": 2.0}, *[USUAL] * 20).name == name


@pytest.mark.parametrize(("surprise", "name"), [(1.49, "slow_drift"), (1.5, "level_shift")])
def test_a_detector_is_believed_from_a_surprise_on(surprise, name):
    assert _kind({"gradient_boosting_residual": surprise}, *[USUAL] * 23).name == name
    assert _kind({"flatline": surprise}).is_fault == (surprise >= 1.5)


@pytest.mark.parametrize(("readings", "is_fault"), [(4, True), (5, False)])
def test_a_quarter_of_the_readings_makes_a_fault(readings, is_fault):
    assert _kind({"flatline": 3.0}, *[USUAL] * (readings - 1)).is_fault == is_fault


def test_of_readings_that_are_coarser_than_the_onset_the_first_is_looked_at():
    for votes, name in (([{"one_step": 2.0}, USUAL], "level_shift"), ([USUAL, {"one_step": 2.0}], "slow_drift")):
        found = kind_of(votes, 13 * HOUR, lasts=26 * HOUR, confirmed=None, inside_band=False)
        assert found.name == name


@pytest.mark.parametrize("detector", ["one_step", "learned"])
def test_one_reading_is_neither_a_drift_nor_a_level_however_long_it_stands_for(detector):
    day = timedelta(days=1)
    assert kind_of([{detector: 2.0}], day, lasts=day, confirmed=None, inside_band=False).name == "spike"


def test_what_no_detector_has_spoken_of_is_no_fault():
    assert not _kind().is_fault


@pytest.mark.parametrize(("surprise", "hours", "is_fault"), [(2.9, 1, False), (3.0, 1, True), (4.0, 7, False)])
def test_only_a_short_and_great_leap_alone_is_a_fault(surprise, hours, is_fault):
    assert _kind({"one_step": surprise}, *[USUAL] * (hours - 1), confirmed=False).is_fault == is_fault


def test_what_crept_up_for_a_day_is_a_drift():
    assert _kind(*[{"learned": 2.0}] * 30).name == "slow_drift"


def test_a_usual_value_at_the_wrong_place_is_out_of_pattern():
    assert _kind({"isolation_forest": 2.0}, inside_band=True).name == "out_of_pattern"


def test_one_pollutant_that_leaps_alone_is_a_fault_and_one_in_company_is_not():
    leap = {"one_step": 4.0}
    assert _kind(leap, confirmed=False).is_fault
    assert not _kind(leap, confirmed=True).is_fault
    assert not _kind(leap, confirmed=None).is_fault
    machine = kind_of([leap], HOUR, lasts=HOUR, confirmed=False, inside_band=False, is_pollutant=False)
    assert (machine.name, machine.is_fault) == ("spike", False), "a machine's speed does leap alone"


def test_severity_grows_with_rarity_and_with_harm():
    assert [severity(days, None) for days in (5, 20, 45, 120, 365)] == [INFO, MINOR, MODERATE, SEVERE, EXTREME]
    assert severity(20, 210) == MODERATE
    assert severity(20, 310) == SEVERE
    assert severity(400, 500) == EXTREME


@pytest.mark.parametrize(
    ("aqi", "found"),
    [(None, MINOR), (100, MINOR), (101, MINOR), (200, MINOR), (201, MODERATE), (300, MODERATE), (301, SEVERE)],
)
def test_harm_begins_above_an_index(aqi, found):
    assert severity(20, aqi) == found


@pytest.mark.parametrize(("aqi", "found"), [(100, MINOR), (101, EXTREME)])
def test_air_is_clean_up_to_an_index(aqi, found):
    assert severity(400, aqi) == found


@pytest.mark.parametrize(
    ("days", "found"), [(19.9, INFO), (20, MINOR), (44.9, MINOR), (45, MODERATE), (119.9, MODERATE), (364.9, SEVERE)]
)
def test_rarity_begins_at_so_many_days(days, found):
    assert severity(days, None) == found


def test_clean_air_and_broken_sensors_are_never_severe():
    assert severity(400, 60) == MINOR
    assert severity(400, 250, falls=True) == MINOR
    assert severity(400, 400, is_fault=True) == MODERATE


def test_the_most_similar_event_has_the_same_shape_and_level():
    past = [Past("flat", [100.0] * 6), Past("peak", [50, 100, 400, 100, 50]), Past("high", [900.0] * 6)]
    assert nearest([55, 110, 390, 95, 50], past)[0][0] == "peak"
    assert nearest([100.0] * 6, past)[0] == ("flat", 0.0)


def test_an_event_eight_times_as_high_is_not_like_it():
    assert nearest([100.0] * 6, [Past("high", [870.0] * 6), Past("like it", [150.0] * 5)]) == [("like it", 0.672)]


@pytest.mark.parametrize(("rises_to", "found"), [(70.0, [("level", 1.0)]), (72.0, [])])
def test_an_event_on_average_twice_as_high_is_just_like_it(rises_to, found):
    """From as high to four times as high, with the 10 µg/m³ of the scale."""
    assert nearest([10.0, rises_to], [Past("level", [10.0, 10.0])]) == found


def test_a_value_below_zero_is_as_good_as_zero_and_zero_is_not_one():
    assert nearest([-5.0, -2.0], [Past("zero", [0.0, 0.0])]) == [("zero", 0.0)]
    assert nearest([0.0, 0.0], [Past("one", [1.0, 1.0])]) == [("one", 0.138)]


def test_three_similar_events_are_told_of_the_nearest_first():
    past = [Past(key, [level] * 3) for key, level in (("d", 140.0), ("b", 110.0), ("a", 100.0), ("c", 120.0))]
    assert [key for key, _ in nearest([100.0] * 3, past)] == ["a", "b", "c"]


def test_similar_events_of_nothing_are_none():
    assert nearest([], [Past("a", [1.0])]) == []
    assert nearest([1.0], []) == []
    assert nearest([1.0], [Past("empty", [])]) == []
