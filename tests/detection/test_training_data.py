"""What a training of a series reads, and which detectors learn from how much of it."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from detection.detectors.ensemble import Ensemble
from detection.lifecycle.training import readings
from detection.lifecycle.training.readings import SEASONS, WINDOW, changed_at, readings_of
from detection.models import Series
from detection.timeseries.grid import NotEnoughDataError
from tests.detection.frames import HOUR, air
from tests.detection.trained import make_series
from tests.factories import make_lahore, make_reading, make_station, this_hour

DAY = timedelta(days=1)
YEARS_AGO = (5, 3, 2, 1, 0)


@pytest.fixture
def now() -> datetime:
    make_lahore(city="Lahore", expected_interval=DAY)
    make_station(slug="gulberg", city="Lahore", expected_interval=DAY)
    now = this_hour()
    for years in YEARS_AGO:
        for station in ("lahore", "gulberg"):
            make_reading(station, now - years * 365 * DAY, values={"pm2_5": 100.0 + years})
    return now


@pytest.mark.django_db
def test_the_own_readings_of_four_years_are_read_and_the_neighbours_of_the_newest(now: datetime) -> None:
    frame = readings_of(make_series())
    assert list(frame["pm2_5"]) == [103.0, 102.0, 101.0, 100.0]
    assert list(np.isnan(frame["pm2_5@gulberg"])) == [True, True, False, False]
    assert frame.index[0] >= now - SEASONS
    assert frame["pm2_5@gulberg"].first_valid_index() >= now - WINDOW


@pytest.mark.django_db
def test_a_source_has_changed_when_it_was_last_noticed(now: datetime) -> None:
    series = make_series()
    assert changed_at(series, None) is None
    assert changed_at(series, now - 600 * DAY) == now - 600 * DAY
    series.window_starts_at = now - 500 * DAY
    assert changed_at(series, now - 600 * DAY) == changed_at(series, None) == now - 500 * DAY


@pytest.mark.django_db
def test_where_nothing_came_after_a_change_there_is_nothing_to_learn_from(now: datetime) -> None:
    assert len(readings_of(make_series(), now)) == 4
    with pytest.raises(NotEnoughDataError, match="lahore has sent no usable pm2_5"):
        readings_of(Series.objects.get(), now + DAY)


@pytest.mark.django_db
def test_a_station_that_sends_often_is_read_no_further_back_than_memory_holds(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "MOST_READINGS", 800)
    assert list(readings_of(make_series())["pm2_5"]) == [102.0, 101.0, 100.0]


def test_the_expected_range_learns_from_all_years_and_the_others_from_the_newest() -> None:
    frame, recent = air(100), timedelta(days=60)
    kinds = ("prophet_band", "one_step")
    made = Ensemble.fit(frame, "pm2_5", kinds, HOUR, "Asia/Karachi", recent)
    short = Ensemble.fit(frame.loc[frame.index[-1] - recent :], "pm2_5", kinds, HOUR, "Asia/Karachi")
    first = pd.Timestamp(frame.index[0]).tz_convert("Asia/Karachi").tz_localize(None)
    assert made.detectors["prophet_band"].curve.start == first
    assert made.tails["one_step"] == short.tails["one_step"]
    assert made.total.days == short.total.days
