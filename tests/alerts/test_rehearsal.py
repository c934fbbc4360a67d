"""What a rule would have done."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from alerts import engine
from alerts.models import Alert, Delivery, Message, Rule
from alerts.places import Place, places_of
from alerts.rehearsal.chart import chart
from alerts.rehearsal.rule import rehearse
from aqi_project import clock
from detection.models import Anomaly, Forecast, Severity
from ingestion.models import Reading, Station
from tests.factories import QUANTILES
from tests.project.system import at_rest

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAYS = 90


def limit(**changes: Any) -> Rule:
    values = {"slug": "x", "name": "X", "condition": Rule.Condition.LIMIT, "limits": [151, 201, 301]}
    return Rule(**{**values, "recover_for": 2 * HOUR, "cooldown": timedelta(0), **changes})


def fill(now: datetime, hours: int, aqi: Callable[[int], int]) -> None:
    """Readings of the last hours; `aqi` gets how many hours ago."""
    rows = [
        Reading(station="lahore", at=now - ago * HOUR, values={}, aqi=aqi(ago), provider="push", received_at=now)
        for ago in range(hours)
    ]
    Reading.objects.bulk_create(rows)


def place(station: Station) -> Place:
    return Place(station.slug, (station,))


def test_each_episode_is_one_alert(station: Station, now: datetime) -> None:
    fill(now, 240, lambda ago: 250 if ago in range(50, 60) or ago in range(150, 160) else 90)
    result = rehearse(limit(), place(station), now - 240 * HOUR, now)
    assert [episode.level for episode in result.episodes] == [2, 2]
    assert result.episodes[0].fired_at == now - 159 * HOUR
    assert result.median_length is not None
    assert result.median_length > 10 * HOUR


def test_it_does_what_the_live_path_does(station: Station, now: datetime) -> None:
    """The same hours, one after the other through the engine."""
    pattern = [90, 160, 260, 250, 90, 90, 90, 90, 90, 210, 90, 90, 90, 90, 90, 90]
    rule = limit()
    fill(now, len(pattern), lambda ago: pattern[-1 - ago])
    result = rehearse(rule, place(station), now - len(pattern) * HOUR, now)
    rule.save()
    (here,) = places_of(rule)
    from alerts import conditions

    for ago in reversed(range(len(pattern))):
        engine.settle(rule, here, conditions.now(rule, station, now - ago * HOUR))
    assert result.messages == Message.objects.count()
    assert len(result.episodes) == Alert.objects.count()
    assert [e.fired_at for e in result.episodes] == list(
        Message.objects.filter(kind="alert").order_by("about").values_list("about", flat=True)
    )


def test_it_writes_and_sends_nothing(station: Station, now: datetime) -> None:
    fill(now, 24, lambda ago: 400)
    rehearse(limit(), place(station), now - 24 * HOUR, now)
    assert not Alert.objects.exists()
    assert not Message.objects.exists()
    assert not Delivery.objects.exists()


def test_a_gap_is_no_all_clear(station: Station, now: datetime) -> None:
    fill(now, 100, lambda ago: 250 if ago > 50 else 90)
    Reading.objects.filter(at__gt=now - 50 * HOUR, at__lt=now - 20 * HOUR).delete()
    (episode,) = rehearse(limit(), place(station), now - 100 * HOUR, now).episodes
    assert episode.ended_at is not None
    assert episode.ended_at >= now - 20 * HOUR


def test_the_lead_before_a_worse_category_is_measured(station: Station, now: datetime) -> None:
    fill(now, 48, lambda ago: 320 if ago <= 5 else 160 if ago <= 10 else 90)
    (episode,) = rehearse(limit(limits=[151]), place(station), now - 48 * HOUR, now).episodes
    assert episode.lead == 5 * HOUR


def test_anomalies_are_replayed_with_the_false_alarms_among_them(
    station: Station, now: datetime, happen: Callable[..., Anomaly]
) -> None:
    fill(now, 100, lambda ago: 90)
    for start, review in ((80, "false_alarm"), (40, "true")):
        happen(start=now - start * HOUR, last_at=now - (start - 3) * HOUR, end=now - (start - 3) * HOUR, review=review)
    rule = limit(condition=Rule.Condition.ANOMALY, min_severity=Severity.MODERATE)
    result = rehearse(rule, place(station), now - 100 * HOUR, now)
    assert len(result.episodes) == 2
    assert result.false_alarms == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"condition": Rule.Condition.LIMIT},
        {"condition": Rule.Condition.LIMIT, "standard": "india_cpcb"},
        {"condition": Rule.Condition.ANOMALY},
        {"condition": Rule.Condition.NO_DATA},
        {"condition": Rule.Condition.FORECAST, "variable": "pm2_5"},
        {"condition": Rule.Condition.DISAGREEMENT, "variable": "pm2_5"},
    ],
    ids=lambda changes: "-".join(changes.values()),
)
def test_ninety_days_take_less_than_five_seconds(
    station: Station, now: datetime, happen: Callable[..., Anomaly], changes: dict[str, str]
) -> None:
    hours = [now - ago * HOUR for ago in reversed(range(DAYS * 24))]
    measured(hours)
    if changes["condition"] == Rule.Condition.FORECAST:
        foretold(hours)
    happen(start=now - 500 * HOUR, last_at=now - 490 * HOUR)
    started = time.perf_counter()
    result = rehearse(limit(**changes), place(station), now - timedelta(days=DAYS), now)
    chart(result, [151.0])
    assert time.perf_counter() - started < at_rest(5)
    assert result.episodes or changes["condition"] == Rule.Condition.NO_DATA


def measured(hours: list[datetime]) -> None:
    """Hourly readings of two stations of a city that differ."""
    Station.objects.create(slug="b", name="B", city="lahore")
    Reading.objects.bulk_create(
        Reading(
            station=slug, at=at, values={"pm2_5": share * (60 + (row * 37) % 300)}, aqi=90 + (row * 37) % 300,
            provider="push", received_at=at,
        )
        for slug, share in (("lahore", 1.0), ("b", 0.4))
        for row, at in enumerate(hours)
    )  # fmt: skip


def foretold(hours: list[datetime]) -> None:
    """A forecast of three days, each hour."""
    quantiles = {name: [factor * (140 + row) for row in range(72)] for name, factor in QUANTILES.items()}
    Forecast.objects.bulk_create(
        Forecast(series="lahore/pm2_5", issued_at=at, model_version=1, start=at + HOUR, quantiles=quantiles)
        for at in hours
    )


FORM = {
    "name": "New", "slug": "new", "is_active": "on", "scope": "station", "stations": ["lahore"],
    "condition": "limit", "min_severity": 3, "template_en": "Stay in, {{ place }}!", "standard": "us_epa",
    "limits": "[200]", "short_mean": "01:00:00", "long_mean": "03:00:00", "probability": 0.5,
    "horizon": "1 00:00:00", "factor": 2, "pending_for": "0", "recover_for": "01:00:00", "cooldown": "01:00:00",
    "severity": 3, "channels": ["email", "sms"], "rehearse_days": 30,
}  # fmt: skip


def test_the_admin_can_try_a_rule_before_saving_it(admin_client: Client, station: Station, now: datetime) -> None:
    fill(clock.now(), 240, lambda ago: 250 if ago in range(50, 60) else 90)
    page = admin_client.post("/admin/alerts/rule/rehearse/", FORM).content.decode()
    assert "<b>1 alert</b>" in page
    assert "<rect" in page
    assert "<h2>Lahore: AQI</h2>" in page
    assert "Stay in, Lahore!" in page
    assert not Rule.objects.exists()
    wrong = admin_client.post("/admin/alerts/rule/rehearse/", {**FORM, "limits": "[]"}).content.decode()
    assert "<li>Limits: Give at least one limit" in wrong


@pytest.mark.parametrize("days", ["9" * 5000, "²", ""], ids="{:.5}".format)
def test_days_that_are_no_number_are_the_usual_ones(admin_client: Client, station: Station, days: str) -> None:
    """Of more digits than 4,300 Python makes no number."""
    page = admin_client.post("/admin/alerts/rule/rehearse/", {**FORM, "rehearse_days": days}).content.decode()
    assert "Stay in, Lahore!" in page


def test_an_address_that_names_no_row_tries_the_form_alone(admin_client: Client, station: Station) -> None:
    page = admin_client.post("/admin/alerts/rule/rehearse/?saved=x", FORM).content.decode()
    assert "Stay in, Lahore!" in page


def test_only_admins_can_try(client: Client, db: None) -> None:
    assert client.post("/admin/alerts/rule/rehearse/").status_code == 302
