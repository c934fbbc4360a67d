"""What the other pollutants and stations did during an event, and what that looks like."""

import numpy as np
import pandas as pd
import pytest

from detection.analysis.companions import ALONE, COMBUSTION_SMOKE, DUST, LOCAL, TRAFFIC, company
from detection.analysis.kinds import WIDESPREAD
from tests.detection.frames import air


def _event(frame, target="pm2_5", **factors):
    start, end = frame.index[-4], frame.index[-1]
    return company(_raised(frame, start, **factors), target, start, end)


def _raised(frame, start, **factors):
    spoilt = frame.copy()
    for name, factor in factors.items():
        spoilt.loc[start:, name.replace("__", "@")] *= factor
    return spoilt


def _calm(**more):
    at = air(30).index
    usual = {"pm2_5": 60.0, "pm10": 120.0, "no2": 40.0, "pm2_5@gulberg": 55.0, "pm2_5@ravi": 65.0, **more}
    noise = np.random.default_rng(0).normal(1, 0.02, (len(at), len(usual)))
    return pd.DataFrame(noise * list(usual.values()), index=at, columns=list(usual))


def test_a_fall_at_all_stations_is_widespread():
    fallen = _event(_calm(), pm2_5=0.1, pm10=0.3, pm2_5__gulberg=0.1, pm2_5__ravi=0.2)
    assert fallen.looks_like == WIDESPREAD


def test_coarse_dust_that_leaves_the_gases_alone_looks_like_dust():
    found = _event(_calm(), pm2_5=1.5, pm10=4.0)
    assert found.looks_like == DUST
    assert found.confirmed
    assert {one.name: one.moved for one in found.companions} == {"pm10": 1, "no2": 0}


def test_dust_is_dust_on_the_page_of_pm10_too_and_not_without_pm2_5():
    assert _event(_calm(), "pm10", pm10=4.0).looks_like == DUST
    assert _event(_calm().drop(columns="pm2_5"), "pm10", pm10=4.0).looks_like != DUST


@pytest.mark.parametrize(("target", "found"), [("no2", ""), ("o3", "")])
def test_a_gas_that_rises_with_pm10_is_neither_dust_nor_smoke(target, found):
    assert _event(_calm(o3=50.0, co=900.0), target, pm10=4.0, **{target: 3.0}).looks_like == found


def test_fine_particles_without_gases_are_no_smoke():
    assert _event(_calm(), pm2_5=2.0, pm10=1.6).looks_like == ""


def test_what_burns_raises_gases_and_particles_together():
    frame = _calm(co=900.0)
    assert _event(frame, pm2_5=3.0, pm10=2.5, no2=1.6, co=2.0).looks_like == COMBUSTION_SMOKE
    assert _event(frame, "no2", no2=3.0, co=2.0).looks_like == TRAFFIC


def test_what_was_high_for_days_has_not_risen_with_a_sudden_event():
    frame = _raised(_calm(co=900.0), air(30).index[-48], pm10=2.0, no2=2.0, co=2.0)
    found = _event(frame, pm2_5=3.0)
    assert found.looks_like == ALONE
    assert found.confirmed is False


def test_a_slow_rise_is_judged_with_what_rose_in_the_same_days():
    frame = _raised(_calm(), air(30).index[-48], pm2_5=2.0, pm2_5__gulberg=2.0, pm2_5__ravi=2.0)
    assert _event(frame).looks_like == WIDESPREAD


def test_two_thermometers_that_rise_by_degrees_have_moved():
    at = air(30).index
    day = 2.0 * np.sin(2 * np.pi * np.asarray(at.hour) / 24)
    frame = pd.DataFrame({"air": 298.0 + day, "process": 308.0 + day}, index=at)
    start = at[-4]
    frame.loc[start:] += 8.0
    assert company(frame, "air", start, at[-1]).confirmed
    frame.loc[start:, "process"] -= 8.0
    assert company(frame, "air", start, at[-1]).looks_like == ALONE


def test_a_rise_that_no_other_station_saw_is_local():
    frame = _calm()[["pm2_5", "pm2_5@gulberg"]]
    assert _event(frame, pm2_5=3.0).looks_like == LOCAL


def test_a_rise_of_one_column_only_looks_alone():
    found = _event(_calm(), pm2_5=3.0)
    assert found.looks_like == ALONE
    assert found.confirmed is False


@pytest.mark.parametrize("fell", ["no2", "pm2_5__gulberg"])
def test_what_fell_while_it_rose_confirms_nothing(fell):
    """Something or other falls in most hours; a leap of one pollutant is no more the air for it."""
    found = _event(_calm(), pm2_5=3.0, **{fell: 0.4})
    assert found.confirmed is False
    assert found.looks_like == ALONE


def test_wind_that_brings_ozone_takes_away_what_was_emitted():
    found = _event(_calm(o3=40.0), "o3", o3=3.0, no2=0.3)
    assert found.confirmed
    assert found.looks_like == ""


def test_a_rise_of_all_stations_is_widespread():
    assert _event(_calm(), pm2_5=2.0, pm2_5__gulberg=2.0, pm2_5__ravi=2.0).looks_like == WIDESPREAD


def test_without_others_nothing_is_confirmed_or_denied():
    found = _event(_calm()[["pm2_5"]], pm2_5=3.0)
    assert found.confirmed is None
    assert found.looks_like == ""


def _hours(**values):
    """A month of the same hour, then one hour of an event: name=(usual, meanwhile)."""
    at = air(30).index
    usual, meanwhile = ({name.replace("__", "@"): pair[k] for name, pair in values.items()} for k in (0, 1))
    return pd.DataFrame([usual] * (len(at) - 1) + [meanwhile], index=at)


def _told(frame, target="pm2_5"):
    """Of an event in the last hour."""
    return company(frame, target, frame.index[-1], frame.index[-1])


@pytest.mark.parametrize(("meanwhile", "moved"), [(85.0, 1), (84.0, 0), (66.0, 0), (42.0, 0), (41.0, -1)])
def test_by_a_third_more_or_less_it_has_moved(meanwhile, moved):
    """60 + 10 µg/m³ times 1.35, or divided by it: 84.5 and 41.9."""
    [other] = _told(_hours(pm2_5=(60.0, 300.0), pm10=(60.0, meanwhile))).companions
    assert (other.value, other.moved) == (meanwhile, moved)
    assert other.usual == pytest.approx(60.0)


def test_what_rises_at_this_hour_each_day_has_not_moved():
    frame = _hours(pm2_5=(60.0, 300.0), pm10=(80.0, 80.0))
    frame.loc[frame.index.hour == frame.index[-1].hour, "pm10"] = 240.0
    [other] = _told(frame).companions
    assert (other.moved, other.usual) == (0, pytest.approx(240.0))


@pytest.mark.parametrize(("degrees", "moved"), [(8.0, 0), (12.0, 1), (-12.0, -1)])
def test_what_can_be_negative_has_moved_with_half_of_its_usual_range(degrees, moved):
    frame = _hours(pm2_5=(60.0, 300.0), temperature=(0.0, 0.0))
    frame["temperature"] = 10.0 * np.sin(2 * np.pi * np.asarray(frame.index.hour) / 24)
    frame.loc[frame.index[-1], "temperature"] += degrees
    [other] = _told(frame).companions
    assert other.moved == moved


@pytest.mark.parametrize(("readings", "names"), [(23, []), (24, ["pm10"])])
def test_of_a_pollutant_that_has_just_begun_nothing_is_said(readings, names):
    frame = _hours(pm2_5=(60.0, 300.0), pm10=(60.0, 300.0), pm2_5__ravi=(60.0, 300.0))
    frame.loc[frame.index[: -readings - 1], ["pm10", "pm2_5@ravi"]] = np.nan
    found = _told(frame)
    assert [one.name for one in found.companions] == names
    assert [one.name for one in found.neighbours] == ["pm2_5@ravi"] * len(names)


def test_of_what_was_silent_meanwhile_nothing_is_said():
    found = _told(_hours(pm2_5=(60.0, 300.0), pm10=(60.0, np.nan), pm2_5__ravi=(60.0, np.nan)))
    assert (found.companions, found.neighbours, found.confirmed) == ([], [], None)


def test_what_was_silent_in_the_hours_before_is_judged_against_the_weeks_before_them():
    frame = _hours(pm2_5=(60.0, 300.0), pm10=(60.0, 300.0))
    frame.loc[frame.index[-9:-1], "pm10"] = np.nan
    [other] = _told(frame).companions
    assert (other.moved, other.usual) == (1, pytest.approx(60.0))


def test_beside_a_sensor_that_has_just_begun_any_that_moved_confirms():
    frame = _hours(pm2_5=(60.0, 300.0), no2=(40.0, 10.0))
    frame.loc[frame.index[:-9], "pm2_5"] = np.nan
    found = _told(frame)
    assert (found.looks_like, found.confirmed) == ("", True)


def test_beside_what_has_not_moved_any_that_moved_confirms():
    assert _told(_hours(pm2_5=(60.0, 60.0), no2=(40.0, 10.0))).confirmed
    still = _told(_hours(pm2_5=(60.0, 60.0), no2=(40.0, 40.0)))
    assert (still.looks_like, still.confirmed) == ("", False)


@pytest.mark.parametrize(("meanwhile", "looks_like"), [(60.0, ""), (10.0, ALONE)])
def test_gases_that_rise_while_particles_do_not_are_no_smoke(meanwhile, looks_like):
    assert _told(_hours(pm2_5=(60.0, meanwhile), no2=(40.0, 90.0), co=(900.0, 2000.0))).looks_like == looks_like


@pytest.mark.parametrize(("risen", "looks_like"), [((), DUST), (("co",), ""), (("co", "no2"), COMBUSTION_SMOKE)])
def test_of_four_gases_two_make_smoke_and_with_one_it_is_no_dust(risen, looks_like):
    gases = {name: (50.0, 150.0 if name in risen else 50.0) for name in ("no2", "co", "no", "so2")}
    assert _told(_hours(pm2_5=(60.0, 100.0), pm10=(100.0, 300.0), **gases)).looks_like == looks_like


@pytest.mark.parametrize(("pm10", "looks_like"), [(240.0, ""), (260.0, DUST)])
def test_dust_is_mostly_coarse(pm10, looks_like):
    assert _told(_hours(pm2_5=(60.0, 100.0), pm10=(100.0, pm10), no2=(40.0, 40.0))).looks_like == looks_like


def test_fine_particles_that_rise_in_air_that_is_dusty_anyway_are_no_dust():
    assert _told(_hours(pm2_5=(60.0, 100.0), pm10=(500.0, 500.0), no2=(40.0, 40.0))).looks_like == ALONE


def test_what_some_of_the_stations_around_saw_is_not_widespread():
    saw = _hours(pm2_5=(60.0, 300.0), pm2_5__ravi=(60.0, 300.0), pm2_5__gulberg=(60.0, 60.0))
    found = _told(saw)
    assert (found.looks_like, found.confirmed) == ("", True)
