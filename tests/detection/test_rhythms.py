"""Stations that do not read on the hour: what is foretold for them, and how it is compared with what came."""

from datetime import datetime, timedelta

import pytest

from aqi_project.mongo import collection
from detection.forecasting import Forecaster
from detection.lifecycle import artifacts, shadow
from detection.live import forecasts
from detection.models import Forecast, ShadowForecast
from ingestion.models import Reading
from tests.detection.frames import air
from tests.detection.trained import KEY, ZONE, make_series, make_version
from tests.factories import HOUR, make_station, make_variables, reading_document, this_hour

pytestmark = pytest.mark.django_db


def last_three_hours(now: datetime) -> datetime:
    """Where a step of three hours begins, as a forecaster has them."""
    return now - now.hour % 3 * HOUR


def test_what_is_foretold_for_three_hours_is_kept_for_each_of_them() -> None:
    now, every = last_three_hours(this_hour()), timedelta(hours=3)
    make_variables()
    make_station(expected_interval=every)
    frame = air(40, columns=("pm2_5", "pm10")).iloc[::-3][::-1]
    frame.index += now - frame.index[-1]
    rows = [reading_document("lahore", at, values=row.to_dict()) for at, row in frame.iterrows()]
    collection(Reading).insert_many(rows)
    made = make_series(champion=1, challenger=2, last_number=2, shadow_days=3)
    fitted = Forecaster("pm2_5", ZONE, every).fit(frame)
    for number in (1, 2):
        artifacts.save(KEY, number, {artifacts.FORECASTER: fitted})
        make_version(made, number, now, metrics={"gate": {"passed": True}})
    assert (forecasts.issue("lahore"), shadow.issue("lahore")) == (1, 1)
    kept, steps = Forecast.objects.get(), fitted.issue(frame)["q500"].round(3).tolist()
    assert (kept.start, len(steps)) == (now + every, 24)
    assert kept.quantiles["q50"] == [value for value in steps for _ in range(3)]
    assert kept.categories is not None
    assert len(kept.categories["aqi"]) == 72
    assert ShadowForecast.objects.get().median == kept.quantiles["q50"]
