"""One suite for every registered detector: a new one adds no test function here."""

from datetime import timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from dashboard.detectors import QUESTIONS
from detection.detector_registry import REGISTRY
from detection.detectors import Detector, create, detector_class
from detection.timeseries.grid import NotEnoughDataError
from tests.detection.frames import HOUR, air

every_detector = pytest.mark.parametrize("kind", REGISTRY)
TARGET = "pm2_5"
TRAINING, LATER = 60, 30  # days


@cache
def fitted(kind: str) -> Detector:
    return create(kind, TARGET).fit(air(TRAINING))


def later() -> pd.DataFrame:
    return air(TRAINING + LATER).iloc[-70 * 24 :]


@every_detector
def test_it_gives_one_number_per_row_and_knows_most_of_them(kind):
    scores = fitted(kind).score(later())
    assert scores.dtype == np.float64
    assert scores.shape == (len(later()),)
    assert np.isfinite(scores[-24 * 20 :]).all()


@every_detector
def test_it_scores_an_empty_frame_as_nothing(kind):
    assert fitted(kind).score(air(2).iloc[:0]).shape == (0,)
    assert fitted(kind).score_newest(air(2).iloc[:0]).shape == (0,)


@every_detector
def test_it_takes_a_single_row(kind):
    assert fitted(kind).score(air(2).iloc[:1]).shape == (1,)


@every_detector
@pytest.mark.parametrize("rows", [0, 1, 24])
def test_it_refuses_to_learn_from_too_little_and_says_so(kind, rows):
    with pytest.raises(NotEnoughDataError, match="usable readings"):
        create(kind, TARGET).fit(air(2).iloc[:rows])


@every_detector
def test_it_refuses_to_learn_from_missing_values_alone(kind):
    with pytest.raises(NotEnoughDataError, match="0 usable readings"):
        create(kind, TARGET).fit(air(30) * np.nan)


@every_detector
def test_it_refuses_a_frame_without_its_column(kind):
    with pytest.raises(ValueError, match="no column 'pm2_5'"):
        create(kind, TARGET).fit(air(30, columns=("no2",)))


@every_detector
def test_it_refuses_to_score_before_it_has_learnt(kind):
    with pytest.raises(ValueError, match="not been fitted"):
        create(kind, TARGET).score(air(5))


@every_detector
def test_it_divides_by_nothing_where_all_values_are_equal(kind):
    frame = air(40) * 0 + 50.0
    scores = create(kind, TARGET).fit(frame).score(frame)
    assert np.isfinite(scores[-24 * 20 :]).all()


@every_detector
def test_it_gets_over_gaps_and_missing_values(kind):
    frame = air(80)
    frame.iloc[100:130] = np.nan
    frame.iloc[600:650, 0] = np.nan
    frame = pd.concat([frame.iloc[:900], frame.iloc[1000:]])
    scores = create(kind, TARGET).fit(frame).score(frame)
    assert np.isfinite(scores[-24 * 15 :]).all()


@every_detector
def test_it_gets_over_a_gap_of_months(kind):
    frame = pd.concat([air(40), air(40).set_axis(air(40).index + timedelta(days=300))])
    assert np.isfinite(create(kind, TARGET).fit(frame).score(frame)[-24 * 8 :]).all()


@every_detector
def test_it_refuses_unsorted_times(kind):
    with pytest.raises(ValueError, match="sort it"):
        fitted(kind).score(air(5).iloc[::-1])


@every_detector
def test_it_refuses_a_time_that_comes_twice(kind):
    frame = air(5)
    with pytest.raises(ValueError, match="same time"):
        fitted(kind).score(pd.concat([frame, frame]).sort_index())


@every_detector
def test_it_refuses_times_without_a_zone(kind):
    with pytest.raises(ValueError, match="with a zone"):
        fitted(kind).score(air(5).tz_localize(None))


@every_detector
def test_it_survives_being_saved_and_loaded(kind):
    loaded = detector_class(kind).load(fitted(kind).save())
    np.testing.assert_array_equal(loaded.score(later()), fitted(kind).score(later()))


@every_detector
def test_it_refuses_bytes_of_another_format(kind):
    with pytest.raises(ValueError, match="format"):
        detector_class(kind).load(b"aqi-detector 0\n" + fitted(kind).save().partition(b"\n")[2])


@every_detector
def test_it_gives_the_same_scores_for_the_same_seed_and_leaves_its_input_alone(kind):
    learnt, scored = air(TRAINING), later()
    scores = create(kind, TARGET).fit(learnt).score(scored)
    np.testing.assert_array_equal(scores, fitted(kind).score(later()))
    pd.testing.assert_frame_equal(learnt, air(TRAINING))
    pd.testing.assert_frame_equal(scored, later())


@every_detector
def test_it_uses_nothing_from_the_future(kind):
    frame = later()
    whole = fitted(kind).score(frame)
    for rows in (len(frame) // 2, len(frame) - 30):
        np.testing.assert_allclose(fitted(kind).score(frame.iloc[:rows]), whole[:rows], rtol=1e-6, atol=1e-9)


@every_detector
def test_a_later_reading_does_not_change_an_earlier_score(kind):
    frame, changed = later(), later()
    changed.iloc[-10:] *= 7
    before, after = fitted(kind).score(frame)[:-10], fitted(kind).score(changed)[:-10]
    np.testing.assert_allclose(after, before, rtol=1e-6, atol=1e-9)


@every_detector
def test_it_scores_the_newest_rows_from_its_memory_alone(kind):
    frame = air(TRAINING + LATER)
    whole = fitted(kind).score(frame)
    np.testing.assert_allclose(fitted(kind).score_newest(frame, 3), whole[-3:], rtol=1e-3, atol=1e-6)


@every_detector
@pytest.mark.parametrize(("interval", "days"), [(timedelta(minutes=5), 12), (timedelta(hours=3), 90)])
def test_it_works_at_other_intervals(kind, interval, days):
    frame = air(days, interval=interval)
    scores = create(kind, TARGET, interval=interval).fit(frame).score(frame)
    assert np.isfinite(scores[-10:]).all()


@every_detector
def test_it_ignores_a_second_reading_within_one_interval(kind):
    frame = later()
    extra = frame.iloc[[-5]].set_axis(frame.index[[-5]] + timedelta(minutes=10))
    scores = fitted(kind).score(pd.concat([frame, extra * 9]).sort_index())
    assert np.isnan(scores[-5])
    np.testing.assert_allclose(np.delete(scores, -5), fitted(kind).score(frame))


@every_detector
def test_it_gets_over_an_absurd_value(kind):
    frame = later()
    frame.iloc[-30, 0] = 1e300
    scores = fitted(kind).score(frame)
    assert not np.isinf(scores).any()
    assert np.isfinite(create(kind, TARGET).fit(frame).score(later())[-24:]).all()


@every_detector
def test_readers_have_words_for_it(kind):
    assert kind in QUESTIONS, "Say in dashboard/detectors.py what it asks, and translate that."


def test_an_unknown_kind_names_those_there_are():
    with pytest.raises(ValueError, match="flatline"):
        create("crystal_ball", TARGET)


def test_a_grid_too_long_blames_the_interval():
    frame = pd.concat([air(3), air(3).set_axis(air(3).index + timedelta(days=90))])
    with pytest.raises(ValueError, match="check"):
        create("flatline", TARGET, interval=HOUR / 36_000_000).fit(frame)
