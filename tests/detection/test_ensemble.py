"""All detectors of a series together, as they run in the worker."""

from datetime import timedelta
from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detection.calibration.threshold import episodes
from detection.detectors.ensemble import LEAST, LEAST_SCALES, RULES_MUST_BE, Ensemble, Tail, decided, fitted, surprise
from detection.detectors.sure_faults import without_faulty_days
from detection.timeseries.grid import NotEnoughDataError
from tests.detection.frames import HOUR, air

KINDS = ("prophet_band", "one_step", "isolation_forest", "same_hour_mad", "flatline", "dropout", "learned")
HISTORY, ALL = 120, 150  # days


@cache
def ensemble() -> Ensemble:
    return Ensemble.fit(air(HISTORY), "pm2_5", (*KINDS, "neighbours", "companions"), HOUR, "Asia/Karachi")


def _newest(**changes):
    frame = air(ALL)
    for name, values in changes.items():
        frame.iloc[-len(values) :, frame.columns.get_loc(name)] = values
    return ensemble().judge(frame, 24)


def test_a_spike_is_rarer_than_anything_in_the_last_day():
    tallies = _newest(pm2_5=[2000.0])
    assert tallies[-1].surprise > max(tally.surprise for tally in tallies[:-1])
    assert ensemble().days_between(tallies[-1].surprise) > 30


def test_a_stuck_sensor_is_named_by_the_one_that_knows():
    votes = _newest(pm2_5=[77.7] * 8)[-1].votes
    assert max(("flatline", "one_step", "same_hour_mad"), key=lambda kind: votes[kind]) == "flatline"


def test_a_calm_month_gives_about_the_alarms_that_were_asked_for():
    rows = (ALL - HISTORY) * 24
    surprises = np.array([tally.surprise for tally in ensemble().judge(air(ALL), rows)])
    assert episodes(surprises >= ensemble().total.score_for(7.0)) <= 12


def test_the_newest_tally_is_the_same_from_the_memory_alone():
    frame = air(ALL)
    short = frame.loc[frame.index[-1] - ensemble().memory - timedelta(days=1) :]
    assert ensemble().judge(short, 1)[0].surprise == pytest.approx(ensemble().judge(frame, 1)[0].surprise, abs=0.05)


def test_it_can_be_taken_apart_and_put_together_again():
    again = Ensemble.load(ensemble().detectors, ensemble().dump())
    assert again.judge(air(ALL), 3) == ensemble().judge(air(ALL), 3)


def test_a_rule_alone_must_be_rarer_than_what_was_learnt():
    votes = {"learned": 0.5, "one_step": 2.8, "flatline": 2.6, "same_hour_mad": 3.0}
    assert decided(votes, young=False) == pytest.approx(2.8 - RULES_MUST_BE["one_step"])
    assert decided({"one_step": 2.0, "same_hour_mad": 3.0}, young=False) == 3.0


def test_what_was_learnt_on_little_is_averaged_with_the_sudden_step():
    assert decided({"learned": 3.0, "one_step": 1.0, "same_hour_mad": 3.0}, young=True) == pytest.approx(2.0)
    assert decided({"learned": 3.0, "same_hour_mad": 0.0}, young=True) == 3.0
    assert decided({"learned": 0.0, "one_step": 1.0, "flatline": 5.0}, young=True) == 5.0 - RULES_MUST_BE["flatline"]


def test_without_a_vote_nothing_surprises():
    assert decided({}, young=False) == LEAST


@pytest.mark.parametrize(("surprise", "days"), [(0.99, 0.0), (1.0, 45.0), (1.5, 90.0), (2.0, 90.0)])
def test_what_lies_below_all_episodes_that_were_counted_is_not_rare(surprise, days):
    assert Ensemble({}, {}, Tail((1.0, 2.0), 90.0)).days_between(surprise) == days
    assert Ensemble({}, {}, Tail((), 90.0)).days_between(surprise) == 0.0


def test_it_looks_back_as_far_as_the_detector_that_looks_furthest():
    detectors = {name: SimpleNamespace(memory=timedelta(days=days)) for name, days in (("a", 2), ("b", 9), ("c", 1))}
    assert Ensemble(detectors, {}, Tail((), 90.0)).memory == timedelta(days=9)


@pytest.mark.parametrize("silent", [[], ["one_step"], ["one_step", "flatline"]])
def test_what_no_detector_has_scored_is_told_by_none(silent):
    tails = {kind: Tail((1.0,), 90.0) for kind in ("one_step", "flatline")}
    detectors = dict.fromkeys(tails, SimpleNamespace(interval=HOUR))
    scores = {kind: [np.nan if kind in silent else 1.0] for kind in tails}
    [tally] = Ensemble(detectors, tails, Tail((), 90.0)).tallies(scores, 1)
    assert tally.told == (len(silent) < 2)
    assert [kind for kind, vote in tally.votes.items() if vote == LEAST] == silent


@pytest.mark.parametrize(("days", "less"), [(60.0, 1.0), (182.0, 0.0)])
def test_a_model_is_young_while_it_is_calibrated_on_less_than_a_quarter(days, less):
    tails = {kind: Tail((1.0,) * count, days) for kind, count in (("learned", 1), ("one_step", 100))}
    tally = Ensemble({}, tails, Tail((), days))._tally({"learned": 1.0, "one_step": 1.0})
    assert tally.surprise == pytest.approx(np.log10(days) - less)


def test_what_was_learnt_is_calibrated_on_months_it_has_not_seen():
    kind = "gradient_boosting_residual"
    trained = Ensemble.fit(air(60), "pm2_5", (kind,), HOUR, "Asia/Karachi").detectors[kind]
    older = air(60).loc[: air(60).index[-1] - timedelta(days=20)]
    fresh = fitted(kind, "pm2_5", older, {"interval": HOUR})
    np.testing.assert_array_equal(trained.score_newest(air(65), 5), fresh.score_newest(air(65), 5))


def test_a_station_without_others_does_without_those_who_compare():
    assert fitted("neighbours", "pm2_5", air(30, columns=("pm2_5",)), {"interval": HOUR}) is None


def test_a_short_history_leaves_out_what_needs_more_but_not_the_band():
    assert fitted("one_step", "pm2_5", air(1), {"interval": HOUR}) is None
    with pytest.raises(NotEnoughDataError):
        fitted("prophet_band", "pm2_5", air(1), {"interval": HOUR})


def test_what_is_not_known_surprises_less_than_what_is_usual():
    tail = Tail(tuple(float(score) for score in range(1000)), 182.0)
    assert surprise(tail, float("nan")) == LEAST
    assert LEAST < surprise(tail, 0.0) < surprise(tail, 900.0)


def test_nothing_is_rarer_than_what_lies_infinitely_far_off():
    tail = Tail((1.0, 2.0), 90.0)
    assert tail.days_between(float("inf")) >= tail.days_between(1e300) > 1e6


def test_a_trifle_above_a_tail_of_zeros_is_not_beyond_belief():
    tail = Tail.of([0.0] * 500, 60.0, LEAST_SCALES["dropout"])
    assert tail.days_between(0.1) == pytest.approx(60 * 10**0.1)
    assert tail.days_between(3.0) == pytest.approx(60_000)
    assert Tail.load(tail.dump()) == tail


def test_a_whole_number_that_comes_twice_is_not_stuck_however_short_the_history():
    numbers = air(22)[["pm2_5"]].round()
    numbers.iloc[-6:, 0] = 77.0
    stuck = fitted("flatline", "pm2_5", numbers.iloc[: 21 * 24], {"interval": HOUR})
    week_without_repeats = Tail.of([0.0] * 168, 7.0, LEAST_SCALES["flatline"])
    tallies = Ensemble({"flatline": stuck}, {"flatline": week_without_repeats}, Tail((), 7.0)).judge(numbers, 5)
    beyond_the_bar = [tally.votes["flatline"] > RULES_MUST_BE["flatline"] for tally in tallies]
    assert beyond_the_bar == [False, False, True, True, True]


def _faulty(frame):
    """A value that stayed for 30 hours three weeks ago, and one that cannot be a week ago."""
    spoilt = frame.copy()
    spoilt.iloc[-21 * 24 : -21 * 24 + 30, 0] = 61.5
    spoilt.iloc[-7 * 24, 0] = 1e6
    return spoilt


def test_days_with_a_sure_fault_are_not_learnt_from():
    frame = air(60)
    left = without_faulty_days(_faulty(frame), "pm2_5", HOUR)
    lost = left["pm2_5"].isna().groupby(left.index.floor("D")).all()
    assert lost.sum() == 3
    pd.testing.assert_frame_equal(left[left["pm2_5"].notna()], frame[left["pm2_5"].notna()])
    pd.testing.assert_frame_equal(without_faulty_days(frame, "pm2_5", HOUR), frame)


def test_where_every_second_day_is_odd_that_is_what_is_usual():
    frame = air(60)
    frame.loc[frame.index.day % 2 == 0, "pm2_5"] = 61.5
    pd.testing.assert_frame_equal(without_faulty_days(frame, "pm2_5", HOUR), frame)


def test_faults_in_the_calibration_make_the_next_one_no_more_usual():
    rare = []
    for history in (air(90), _faulty(air(90))):
        made = Ensemble.fit(history, "pm2_5", ("one_step", "flatline"), HOUR, "Asia/Karachi")
        newest = air(91)
        newest.iloc[-8:, 0] = 77.7
        rare.append(made.days_between(made.judge(newest, 1)[0].surprise))
    assert rare[1] > 0.5 * rare[0] > 30
