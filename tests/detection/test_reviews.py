"""What officers' verdicts change in detection."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from django.test import Client

from aqi_project import clock
from detection.lifecycle import reviews
from detection.lifecycle.training.readings import readings_of
from detection.live import serving
from detection.models import Anomaly, Series
from detection.signals import anomalies_changed
from tests.cast import admin
from tests.detection.trained import KEY, make_series
from tests.factories import make_anomaly, make_band, make_reading, make_readings, usual_pm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lahore")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Review = Anomaly.Review


def test_a_verdict_that_an_event_was_real_lowers_the_bar_again(now: datetime) -> None:
    make_series(false_alarms_per_month=1)
    make_reading("lahore", now, scores={"pm2_5": {"days": 90.0}})
    make_anomaly("lahore", now)
    bars = []
    for review in (Review.NONE, Review.FALSE_ALARM, Review.TRUE):
        reviews.judge(Anomaly.objects.all(), review, "zainab")
        bars.append(Series.objects.get().strictness)
    assert bars[0] == bars[1] > 0 > bars[2]


def test_the_api_judges_by_the_raised_bar(now: datetime, client: Client) -> None:
    make_band(KEY, now)
    once_in_90_days = 1.6 * usual_pm(now)
    point = {"timestamp": now.isoformat(), "sensor_id": KEY, "value": once_in_90_days}
    verdicts = []
    for strictness in (0.0, 0.5):
        Series.objects.update(strictness=strictness)
        serving.forget()
        verdicts.append(client.post("/api/v1/predict", point, "application/json").json()["is_anomaly"])
    serving.forget()
    assert verdicts == [True, False]


@pytest.mark.parametrize(
    ("review", "left_out"),
    [(Review.NONE, False), (Review.FALSE_ALARM, False), (Review.TRUE, True), (Review.SENSOR_FAULT, True)],
)
def test_a_training_learns_from_false_alarms_and_not_from_events(now: datetime, review: str, left_out: bool) -> None:
    make_readings("lahore", hours=24, until=now)
    make_anomaly("lahore", now - 5 * HOUR, last_at=now - 3 * HOUR, review=review)
    frame = readings_of(make_series())
    assert list(np.isnan(frame["pm2_5"])) == [left_out and 3 <= ago <= 5 for ago in reversed(range(24))]
    assert not np.isnan(frame["pm10"]).any()


def test_an_event_of_another_series_is_left_in(now: datetime) -> None:
    make_readings("lahore", hours=24, until=now)
    make_anomaly("lahore", now - 5 * HOUR, series="lahore/pm10", variable="pm10", review=Review.TRUE)
    assert not np.isnan(readings_of(make_series())["pm2_5"]).any()


def test_a_verdict_has_its_time_and_is_told_to_whoever_looks_at_the_station(now: datetime) -> None:
    make_series()
    event = make_anomaly("lahore", now)
    told: list[str] = []

    def hear(station: str, **_: object) -> None:
        told.append(station)

    anomalies_changed.connect(hear)
    try:
        assert reviews.judge(Anomaly.objects.all(), Review.TRUE, "zainab") == 1
    finally:
        anomalies_changed.disconnect(hear)
    event.refresh_from_db()
    assert told == ["lahore"]
    assert event.reviewed_at is not None
    assert clock.now() - event.reviewed_at < HOUR


def test_an_admins_verdict_counts_like_an_officers(now: datetime) -> None:
    make_series(false_alarms_per_month=1)
    events = [make_anomaly("lahore", now - days * DAY) for days in (1, 2)]
    form = {"action": "mark_false_alarm", "_selected_action": [str(event.pk) for event in events]}
    admin().post("/admin/detection/anomaly/", form)
    assert list(Anomaly.objects.values_list("review", "revision", "reviewed_by")) == [("false_alarm", 2, "admin")] * 2


def test_the_admins_form_writes_the_verdict_and_nothing_else(now: datetime) -> None:
    event = make_anomaly("lahore", now)
    admin().post(f"/admin/detection/anomaly/{event.pk}/change/", {"review": "true", "review_note": "Fog"})
    event.refresh_from_db()
    assert (event.review, event.review_note, event.reviewed_by, event.revision) == ("true", "Fog", "admin", 2)
