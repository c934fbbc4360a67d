"""The stored band: what serves where no model runs."""

import math
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from detection.calibration.tail import Tail
from detection.detectors import create
from detection.lifecycle.training.band_table import table_of
from detection.live.band import Band
from tests.detection.frames import HOUR, air


def stored(frame: pd.DataFrame) -> Band:
    detector = create("prophet_band", "pm2_5", zone="Asia/Karachi").fit(frame)
    return Band(table_of(detector, frame, "pm2_5"))  # type: ignore[arg-type]


def days_between(band: Band, value: float, ahead: timedelta = 24 * HOUR) -> float:
    point = band.at(band.start + timedelta(days=35) + ahead)
    return band.tail.days_between(band.distance(point, value))


def test_a_value_near_nothing_is_as_rare_as_one_many_times_too_high() -> None:
    band = stored(air(120))
    assert days_between(band, 1.0) > 365
    assert days_between(band, 1000.0) > 365


def test_a_value_at_either_edge_is_seen_several_times_a_week() -> None:
    band = stored(air(120))
    point = band.at(band.start + timedelta(days=36))
    for edge in (point.lower, point.upper):
        assert band.distance(point, edge) == pytest.approx(1.0)
        assert days_between(band, edge) < 7


def test_as_many_times_too_low_is_as_far_as_so_many_times_too_high() -> None:
    document = {"start": "2026-01-01T00:00:00+00:00", "step_seconds": 3600, "tail": Tail((1.0,), 90.0).dump()}
    document |= {"expected": [90.0] * 2, "lower": [40.0] * 2, "upper": [190.0] * 2, "offset": 10.0}
    band = Band(document)
    point = band.at(band.start)
    assert band.distance(point, 15.0) == pytest.approx(2.0)
    assert band.distance(point, 390.0) == pytest.approx(2.0)
    assert math.isfinite(band.distance(point, -5.0))


def test_what_can_be_negative_is_measured_in_its_unit() -> None:
    frame = air(60)
    frame["pm2_5"] = 10 * np.log(frame["pm2_5"]) - 40  # °C, say, around zero
    band = stored(frame)
    point = band.at(band.start + timedelta(days=36))
    twice = point.expected + 2 * (point.upper - point.expected)
    assert band.distance(point, twice) == pytest.approx(2.0)
