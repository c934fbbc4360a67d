"""Detectors beside each other where nothing is labelled."""

import numpy as np
import pandas as pd

from detection.evaluation.comparison import compare


def test_comparison_tells_flags_that_stand_apart_from_flags_that_do_not():
    at = pd.date_range("2024-01-01", periods=400, freq="10min", tz="UTC")
    values = pd.Series(np.random.default_rng(0).normal(0, 1, 400), index=at)
    values.iloc[[50, 350]] += 30
    flags = np.zeros(400, dtype=bool)
    flags[[50, 350]] = True
    found = compare(values, flags)
    assert found.anomalies == 2
    assert found.rate == 2 / 400
    assert found.local_separation > 5
    assert found.temporal_separation > 5
    assert found.neighbourhood > 5
    assert 0.5 < found.temporal_spread < 2


def test_comparison_leaves_out_readings_without_any_beside_them_and_knows_no_circle():
    """A lone reading was as far apart as its own value, the first one as far as the last ones were away."""
    at = pd.date_range("2024-01-01", periods=200, freq="1h", tz="UTC")
    values = pd.Series(np.where(np.arange(200) < 100, 50.0, 50.0 + np.arange(200) % 2), index=at)
    values.iloc[20:60] = np.nan
    values.iloc[40] = 50.0
    values.iloc[-4:] = 400.0
    places = np.arange(200)
    assert np.isnan(compare(values, places == 40).local_separation)
    assert compare(values, places == 0).local_separation == 0
    assert compare(values, places == 0).temporal_separation == 0


def test_one_flag_or_none_is_spread_over_no_time():
    at = pd.date_range("2024-01-01", periods=200, freq="1h", tz="UTC")
    values = pd.Series(np.arange(200.0), index=at)
    assert [compare(values, np.arange(200) < count).temporal_spread for count in (0, 1)] == [0.0, 0.0]
