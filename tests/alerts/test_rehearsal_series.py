"""What other thresholds of a series would have found."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.forms import model_to_dict
from django.test import Client

from alerts.rehearsal.series import rehearse_series, stored_verdicts
from aqi_project import clock
from detection.live.events.lifespan import follow
from detection.models import Anomaly, Series
from ingestion.models import Reading, Station
from tests.project.system import at_rest

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
RARE = {300: 50.0, 200: 50.0, 100: 12.0}  # hours ago: once in so many days


@pytest.fixture
def series(station: Station) -> Series:
    return Series.objects.create(key="lahore/pm2_5", station="lahore", variable="pm2_5", false_alarms_per_month=1)


def fill(now: datetime, hours: int) -> None:
    """Usual hours, and a rare one now and then."""
    score = {"expected": 90.0, "lower": 50.0, "upper": 130.0, "version": 1}
    Reading.objects.bulk_create(
        Reading(
            station="lahore", at=now - ago * HOUR, values={"pm2_5": 300.0 if ago in RARE else 90.0}, aqi=150,
            scores={"pm2_5": {**score, "score": 0.9 if ago in RARE else 0.1, "days": RARE.get(ago, 0.1)}},
            provider="push", received_at=now,
        )
        for ago in range(hours)
    )  # fmt: skip


@pytest.mark.parametrize(("accepted", "events"), [(1, 2), (3, 3), (0.05, 0)])
def test_who_accepts_more_false_alarms_would_have_found_more(
    station: Station, series: Series, now: datetime, accepted: float, events: int
) -> None:
    fill(now, 400)
    series.false_alarms_per_month = accepted
    assert len(rehearse_series(series, station, now - 400 * HOUR, now).episodes) == events


def test_it_finds_what_the_live_path_found(station: Station, series: Series, now: datetime) -> None:
    fill(now, 400)
    follow(series, station, stored_verdicts(series, now - 400 * HOUR, now))
    result = rehearse_series(series, station, now - 400 * HOUR, now)
    starts = list(Anomaly.objects.order_by("start").values_list("start", flat=True))
    assert [episode.fired_at for episode in result.episodes] == starts


def test_it_writes_nothing(station: Station, series: Series, now: datetime) -> None:
    fill(now, 400)
    rehearse_series(series, station, now - 400 * HOUR, now)
    assert not Anomaly.objects.exists()


def test_ninety_days_take_less_than_five_seconds(station: Station, series: Series, now: datetime) -> None:
    fill(now, 90 * 24)
    started = time.perf_counter()
    rehearse_series(series, station, now - timedelta(days=90), now)
    assert time.perf_counter() - started < at_rest(5)


def test_a_limit_that_each_reading_breaks_is_tried_as_quickly(
    station: Station, series: Series, now: datetime, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    """Each reading of an event that lasts asked twice, for a sentence that nobody reads."""
    fill(now, 400)
    series.hard_max = 50
    with django_assert_max_num_queries(10):
        result = rehearse_series(series, station, now - 400 * HOUR, now)
    assert len(result.episodes) == 1


def test_who_may_only_look_is_offered_no_rehearsal(series: Series) -> None:
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename="view_series"))
    client = Client()
    client.force_login(looker)
    page = client.get(f"/admin/detection/series/{series.pk}/change/").content.decode()
    assert "lahore/pm2_5" in page
    assert "What would this have done?" not in page


def test_the_admin_can_try_thresholds_before_saving_them(admin_client: Client, series: Series) -> None:
    fill(clock.now().replace(minute=0, second=0, microsecond=0), 400)
    page = admin_client.get(f"/admin/detection/series/{series.pk}/change/").content.decode()
    assert "What would this have done?" in page
    stored = {name: value for name, value in model_to_dict(series).items() if value is not None}
    form = {**stored, "false_alarms_per_month": "3", "rehearse_days": "30"}
    answer = admin_client.post(f"/admin/alerts/rule/rehearse-series/?saved={series.pk}", form).content.decode()
    assert "<b>3 events</b>" in answer
    assert "1 second" not in answer, "one reading of an hourly station stands for an hour"
    assert "The scores of the readings are stored since" in answer
    series.refresh_from_db()
    assert series.false_alarms_per_month == 1


def test_a_verdict_given_while_an_event_lasts_is_not_overwritten(
    station: Station, series: Series, now: datetime
) -> None:
    fill(now, 400)
    judged = stored_verdicts(series, now - 400 * HOUR, now - 300 * HOUR)
    follow(series, station, judged)
    Anomaly.objects.update(review=Anomaly.Review.TRUE, processed_revision=1)
    follow(series, station, stored_verdicts(series, now - 300 * HOUR, now - 290 * HOUR))
    event = Anomaly.objects.get()
    assert event.end is not None
    assert (event.review, event.processed_revision, event.revision) == (Anomaly.Review.TRUE, 1, 2)
