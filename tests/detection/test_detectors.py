"""What each detector is for."""

from datetime import timedelta

import numpy as np
import pytest

from detection.detectors import create, detector_class
from detection.detectors.base import FORMAT, MAGIC
from detection.detectors.isolation_forest import FlatIsolationForest
from tests.detection.frames import air


def _scores(kind, spoil):
    """Scores of ten days in which `spoil(values)` changes the last day."""
    history, recent = air(90).iloc[: 80 * 24], air(90).iloc[-38 * 24 :].copy()
    detector = create(kind, "pm2_5").fit(history)
    spoil(recent)
    return detector.score(recent)[-10 * 24 :]


def _column(frame):
    return frame.columns.get_loc("pm2_5")


def test_same_hour_mad_sees_a_spike():
    def spike(frame):
        frame.iloc[-3, _column(frame)] *= 20

    scores = _scores("same_hour_mad", spike)
    assert np.argmax(scores) == len(scores) - 3


def test_one_step_takes_the_echo_of_an_outage_for_nothing():
    """A machine that was off for four hours is as usual a day and two days later."""
    frame = air(60, columns=("power",))
    works = (frame.index.hour >= 6) & (frame.index.hour < 22)
    frame["power"] = np.where(works, 410, 70) + frame["power"] / 10
    off = slice(-15 - 72, -11 - 72)  # from nine to one o'clock, three days before the last
    frame.iloc[off] = 70
    scores = create("one_step", "power").fit(frame.iloc[: -10 * 24]).score(frame)
    usual = np.nanmax(scores[-10 * 24 : -4 * 24])
    assert scores[off][0] > 4 * usual
    assert np.nanmax(scores[-48:]) < 2 * usual
    assert np.nanmax(scores[-14 - 72 + 24 : -48]) < 2 * usual


def test_prophet_band_sees_a_spike():
    def spike(frame):
        frame.iloc[-3, _column(frame)] *= 20

    scores = _scores("prophet_band", spike)
    assert np.argmax(scores) == len(scores) - 3


def test_flatline_grows_with_every_repeat():
    def stick(frame):
        frame.iloc[-6:, _column(frame)] = frame.iloc[-6, _column(frame)]

    scores = _scores("flatline", stick)
    assert scores[:-6].max() == 0
    assert (np.diff(scores[-6:]) > 1).all()


def test_flatline_forgives_repeats_where_the_series_always_repeats():
    night = air(60)
    night.loc[night.index.hour < 6, "pm2_5"] = 0.0
    scores = create("flatline", "pm2_5").fit(night).score(night)
    assert scores.max() < 2


def test_dropout_sees_values_near_zero():
    def drop(frame):
        frame.iloc[-4:, _column(frame)] = 0.4

    scores = _scores("dropout", drop)
    assert (scores[-4:] > 2).all()
    assert scores[:-4].max() < 1


def test_dropout_sees_a_sensor_that_goes_silent():
    def silence(frame):
        frame.iloc[-4:, _column(frame)] = np.nan

    scores = _scores("dropout", silence)
    assert (np.diff(scores[-4:]) > 1).all()


def test_out_of_range_sees_what_lies_far_beyond_all_that_there_was():
    def jump(frame):
        frame.iloc[-1, _column(frame)] = 1e5

    scores = _scores("out_of_range", jump)
    assert scores[:-1].max() == 0
    assert scores[-1] > 1


def test_the_flattened_isolation_forest_scores_like_scikit_learns():
    from sklearn.ensemble import IsolationForest

    frame = air(60)
    ours = FlatIsolationForest("pm2_5").fit(frame)
    grid = ours._grid(frame)
    features = ours._features(grid, 0)
    rows = np.where(np.isfinite(features), features, ours.usual)
    theirs = IsolationForest(n_estimators=100, max_samples=256, random_state=0)
    np.testing.assert_allclose(ours.score(frame), -theirs.fit(rows).score_samples(rows), rtol=1e-9)


def test_isolation_forest_works_on_after_a_pollutant_has_gone():
    frame = air(60)
    detector = create("isolation_forest", "pm2_5").fit(frame)
    assert np.isfinite(detector.score(frame[["pm2_5"]])[-100:]).all()


def test_isolation_forest_takes_long_fine_histories():
    frame = air(75, interval=timedelta(minutes=5))
    detector = create("isolation_forest", "pm2_5", interval=timedelta(minutes=5)).fit(frame)
    assert np.isfinite(detector.score_newest(frame)).all()


def test_gradient_boosting_takes_xgboost_where_it_is_installed():
    pytest.importorskip("xgboost")
    frame = air(60)
    detector = create("gradient_boosting_residual", "pm2_5").fit(frame)
    assert type(detector.model.model).__module__.startswith("xgboost")
    frame.iloc[-1, 0] = 2000.0
    scores = type(detector).load(detector.save()).score(frame)
    assert scores[-1] > np.nanmax(scores[24 * 30 : -1])


def test_a_detector_saved_with_a_library_that_is_missing_here_says_so():
    with pytest.raises(ValueError, match="Saved with gone, which is not installed here: train it anew"):
        detector_class("one_step").load(MAGIC + f"{FORMAT}\n".encode() + b"cgone\nThing\n.")
