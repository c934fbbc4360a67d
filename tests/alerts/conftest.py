"""A small cast: one station, its officers, and what happens to them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from alerts import inbox
from alerts.models import Contact, Rule, Subscription
from aqi_project import clock
from detection.models import Anomaly, Severity
from ingestion.models import Reading, Station, Variable

HOUR = timedelta(hours=1)


@pytest.fixture
def now() -> datetime:
    return clock.now().replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def station(db: None) -> Station:
    Variable.objects.create(code="pm2_5", name="PM2.5", unit="µg/m³", is_pollutant=True)
    return Station.objects.create(slug="lahore", name="Lahore", name_ur="لاہور", city="lahore")


@pytest.fixture
def rule(station: Station) -> Rule:
    return Rule.objects.create(
        slug="unusual-air", name="Unusual air", name_ur="غیر معمولی ہوا", condition=Rule.Condition.ANOMALY
    )


@pytest.fixture
def officer(db: None) -> Contact:
    contact = Contact.objects.create(
        handle="officer", name="Officer", email="officer@example.org", email_verified_at=clock.now()
    )
    Subscription.objects.create(contact=contact)
    return contact


@pytest.fixture
def happen(station: Station, now: datetime) -> Callable[..., Anomaly]:
    """An anomaly in Lahore's PM2.5 that began an hour ago; the station goes on sending."""

    def make(**changes: Any) -> Anomaly:
        values = {
            "series": "lahore/pm2_5",
            "station": "lahore",
            "variable": "pm2_5",
            "start": now - HOUR,
            "last_at": now,
            "peak_at": now,
            "kind": Anomaly.Kind.SPIKE,
            "severity": Severity.SEVERE,
            "value": 412.0,
            "expected": 180.0,
            "score": 0.9,
            "model_version": 1,
            "explanation": "About twice the usual for a November evening.",
            "explanation_ur": "نومبر کی شام کے معمول سے تقریباً دگنا۔",
        }
        made = Anomaly.objects.create(**{**values, **changes})
        sent = {"values": {"pm2_5": made.value}, "provider": "push", "received_at": clock.now()}
        Reading.objects.get_or_create(station=made.station, at=now, defaults=sent)
        return made

    return make


@pytest.fixture
def measure(station: Station, now: datetime) -> Callable[..., Reading]:
    """A reading of Lahore, `ago` hours before the present one."""

    def make(ago: float = 0, aqi: int | None = None, slug: str = "lahore", **values: float) -> Reading:
        sent = {"values": values, "aqi": aqi, "provider": "push", "received_at": clock.now()}
        return Reading.objects.update_or_create(station=slug, at=now - ago * HOUR, defaults=sent)[0]

    return make


@pytest.fixture
def user(db: None) -> User:
    """An officer who is told in the inbox."""
    zainab = User.objects.create_user("zainab", password="a-long-passphrase")
    zainab.groups.add(Group.objects.create(name=inbox.AGENCY))
    Subscription.objects.create(contact=Contact.objects.create(name="Zainab", user=zainab))
    return zainab


@pytest.fixture
def officer_client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
