"""When people are told: at once, after the night, with the summary, or not at all because the month is used up."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.models import Contact, Delivery
from aqi_project import clock
from detection.models import Severity
from tests.alerts.scenarios.system import HOUR, System

pytestmark = pytest.mark.processes
PHONE = "+923001234567"


def night() -> dict[str, Any]:
    """Quiet hours in which the present moment lies."""
    now = datetime.now(UTC)
    return {"quiet_from": (now - HOUR).time(), "quiet_to": (now + 2 * HOUR).time(), "timezone": "UTC"}


def test_at_night_a_severe_alert_waits_and_a_hazardous_one_wakes(system: System) -> None:
    place = system.station("nightly")
    system.rule("night", place, severity=Severity.MODERATE)
    sleeper = system.listener("sleeper", place.slug, **night())
    system.air(place, 210, ago=1)
    system.until(lambda: system.deliveries(address=sleeper) == ["queued"])
    system.rest()
    assert system.mails(sleeper) == []
    system.air(place, 310)
    assert system.told(sleeper) == ["Update for Nightly: Night (Extreme)"]
    Delivery.objects.filter(address=sleeper).update(next_attempt_at=clock.now())  # the morning comes
    system.minute()
    system.until(lambda: "superseded" in system.deliveries(address=sleeper))
    assert system.told(sleeper) == ["Update for Nightly: Night (Extreme)"]  # what came before it is old news


def test_who_wants_a_summary_gets_a_day_in_one_mail(system: System) -> None:
    place = system.station("summed")
    system.rule("sum", place)
    reader = system.listener("reader", place.slug, digest=Contact.Digest.DAILY, timezone="UTC")
    system.air(place, 150, ago=1)
    system.until(lambda: system.deliveries(address=reader) == ["held"])
    system.air(place, 50)
    system.until(lambda: system.deliveries(address=reader) == ["held"] * 2)
    yesterday = clock.now() - timedelta(days=1)
    Delivery.objects.filter(address=reader).update(created_at=yesterday)
    system.minute()
    assert system.told(reader) == ["Air alerts: 2 in your summary"]
    assert "over the limit of 100" in system.text(reader)
    assert "It is over" in system.text(reader)
    system.minute()
    system.rest()
    assert len(system.mails(reader)) == 1


def test_when_the_months_sms_are_used_up_a_mail_says_so_once(system: System) -> None:
    place = system.station("capped")
    system.rule("cap", place, repeat_every=HOUR)
    texter = system.listener("texter", place.slug, {"channels": ["sms"]}, phone=PHONE, sms_cap=1)
    for ago in (2, 1, 0):
        system.air(place, 150, ago)
        system.until(lambda count=3 - ago: len(system.deliveries(channel="sms", recipient="texter")) == count)
    assert system.told(texter) == ["Your SMS for this month are used up"]
    assert system.deliveries(channel="sms", recipient="texter") == ["sent", "capped", "capped"]
    assert len([sms for sms in system.accepted("/sms") if "Capped" in sms.form["message"]]) == 1


def test_what_was_sent_long_ago_is_forgotten_and_alerts_stay(system: System) -> None:
    place = system.station("forgotten")
    system.rule("forget", place)
    address = system.listener("once", place.slug)
    system.air(place, 150)
    system.told(address)
    Delivery.objects.filter(address=address).update(created_at=clock.now() - timedelta(days=731))
    system.minute()
    system.until(lambda: not Delivery.objects.filter(address=address).exists())
    assert system.alert("forget").state == "firing"
