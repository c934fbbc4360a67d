"""Stations that do not read on the hour: what is foretold for them, and how it is compared with what came."""

from datetime import datetime, timedelta

import pytest

from aqi_project.mongo import collection
from detection import frames
from detection.forecasting import Forecaster
from detection.lifecycle.gate import shadow
from detection.lifecycle.watch import records
from detection.live.forecasts import issuing
from detection.models import Forecast, MonthlyRecord, ProviderForecast, ShadowForecast
from detection.versions import artifacts
from ingestion.models import Reading
from tests.detection.frames import air
from tests.detection.trained import KEY, ZONE, make_series, make_version
from tests.factories import (
    HOUR,
    make_forecast,
    make_lahore,
    make_reading,
    make_readings,
    make_station,
    reading_document,
    this_hour,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def last_three_hours(now: datetime) -> datetime:
    """Where a step of three hours begins, as a forecaster has them."""
    return now - now.hour % 3 * HOUR


def test_what_is_foretold_for_three_hours_is_kept_for_each_of_them() -> None:
    now, every = last_three_hours(this_hour()), timedelta(hours=3)
    make_lahore(expected_interval=every)
    frame = air(40, columns=("pm2_5", "pm10")).iloc[::-3][::-1]
    frame.index += now - frame.index[-1]
    rows = [reading_document("lahore", at, values=row.to_dict()) for at, row in frame.iterrows()]
    collection(Reading).insert_many(rows)
    made = make_series(champion=1, challenger=2, last_number=2, shadow_days=3)
    fitted = Forecaster("pm2_5", ZONE, every).fit(frame)
    for number in (1, 2):
        artifacts.save(KEY, number, {artifacts.FORECASTER: fitted})
        make_version(made, number, now, metrics={"gate": {"passed": True}})
    assert (issuing.issue("lahore"), shadow.issue("lahore")) == (1, 1)
    kept, steps = Forecast.objects.get(), fitted.issue(frame)["q500"].round(3).tolist()
    assert (kept.start, len(steps)) == (now + every, 24)
    assert kept.quantiles["q50"] == [value for value in steps for _ in range(3)]
    assert all(list(row) == sorted(row) for row in zip(*kept.quantiles.values(), strict=True))
    assert kept.categories is not None
    assert len(kept.categories["aqi"]) == 72
    assert ShadowForecast.objects.get().median == kept.quantiles["q50"]


def read_late_and_later(now: datetime) -> datetime:
    """Three days of readings whose minutes wander from 2 to 11; returns the time of the oldest."""
    for back in range(72):
        make_reading("lahore", now - back * HOUR + timedelta(minutes=2 + back % 10), pm2_5=90.0)
    return now - 71 * HOUR + timedelta(minutes=3)


def test_a_sensor_whose_minutes_wander_has_a_record_too() -> None:
    now = this_hour()
    make_lahore()
    make_series(champion=1)
    issued = read_late_and_later(now)
    hour = issued.replace(minute=0)
    ProviderForecast.objects.create(
        station="lahore", provider="openweather", issued_at=hour, start=hour + HOUR, values={"pm2_5": [100.0] * 72}
    )
    Forecast.objects.create(
        series=KEY, issued_at=issued, model_version=1, start=hour + HOUR,
        quantiles={"q025": [80.0] * 72, "q50": [95.0] * 72, "q975": [120.0] * 72},
    )  # fmt: skip
    assert records.update("lahore") == 1
    row = MonthlyRecord.objects.get(hours="7-24")
    assert (row.count, row.error, row.persistence, row.provider, row.coverage) == (18, 5.0, 0.0, 10.0, 1.0)


def test_an_hour_without_a_reading_is_not_compared_with_its_neighbour() -> None:
    now = this_hour()
    near = records.Near({now: 1.0, now + 2 * HOUR: 3.0})
    assert (near.get(now), near.get(now + HOUR), near.get(now - timedelta(minutes=31))) == (1.0, None, None)
    assert (near.get(now + timedelta(minutes=20)), near.at(now + timedelta(minutes=20))) == (1.0, None)


def test_a_challenger_is_judged_where_minutes_wander() -> None:
    now = this_hour()
    make_station()
    issued = read_late_and_later(now) + DAY
    values = frames.load("lahore")["pm2_5"]
    errors = shadow._errors(values, values.index[values.index >= issued][0], [90.0] * 24, [100.0] * 24, fewest=12)
    assert errors["challenger"] == pytest.approx(0)
    assert errors["champion"] > errors["seasonal_naive"] == pytest.approx(0)


def test_forecasts_are_compared_once_a_reading_and_not_each_minute() -> None:
    now = this_hour()
    make_lahore()
    make_series(champion=1)
    make_readings("lahore", hours=48)
    make_forecast(KEY, now - 30 * HOUR)
    assert [records.update("lahore") for _ in range(3)] == [1, 0, 0]
    make_reading("lahore", now - 20 * HOUR, pm2_5=500.0)
    make_reading("lahore", now + HOUR)
    assert records.update("lahore") == 1
    assert MonthlyRecord.objects.get(hours="7-24").error > 1
