"""Forecasts are compared with what came, once for each hour."""

from datetime import datetime, timedelta

import pytest

from detection.lifecycle.watch import records
from detection.models import MonthlyRecord, Outcome, Series
from tests.detection.trained import KEY
from tests.factories import make_forecast, make_readings

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_forecasts_are_compared_with_what_came(series: Series, now: datetime) -> None:
    make_forecast(KEY, now - 30 * HOUR)
    assert records.update("lahore") == 1
    row = MonthlyRecord.objects.get(series=KEY, hours="7-24")
    assert row.count == 18
    assert row.error == pytest.approx(0, abs=1e-9)
    assert row.persistence > 1
    assert row.coverage == 1


def test_counting_twice_changes_nothing_and_later_hours_are_added(series: Series, now: datetime) -> None:
    make_forecast(KEY, now - 10 * HOUR)
    for _ in range(2):
        records.update("lahore")
        records._compared_until.clear()  # as in another process
    assert MonthlyRecord.objects.get(series=KEY, hours="7-24").count == 4
    make_readings("lahore", hours=5, until=now + 5 * HOUR)
    records.update("lahore")
    assert MonthlyRecord.objects.get(series=KEY, hours="7-24").count == 9


def test_a_forecast_whose_hours_are_over_is_not_read_again(series: Series, now: datetime) -> None:
    make_readings("lahore", hours=120)
    make_forecast(KEY, now - 100 * HOUR)
    assert records.update("lahore") == 1
    assert Outcome.objects.get().is_complete
    assert records.update("lahore") == 0
