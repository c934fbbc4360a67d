"""What is broken in one place must not hold up the others."""

from collections.abc import Callable
from datetime import time

import pytest
from django.core import mail

from alerts import tasks
from alerts.models import Contact, Message, Rule, Subscription
from alerts.sending import delivery
from aqi_project import clock
from detection.models import Anomaly
from ingestion.models import Station

pytestmark = pytest.mark.django_db
Happen = Callable[..., Anomaly]


def test_a_template_that_fails_is_replaced_by_our_own_words(rule: Rule, officer: Contact, happen: Happen) -> None:
    Rule.objects.update(template_en="{{ level|divisibleby:0 }}")
    happen()
    tasks.process_events()
    delivery.send_due()
    assert "About twice the usual" in mail.outbox[0].body


def test_an_event_that_cannot_be_taken_in_does_not_hold_up_the_next(
    rule: Rule, officer: Contact, happen: Happen, caplog: pytest.LogCaptureFixture
) -> None:
    Station.objects.create(slug="odd", name="Odd", timezone="No/Where")
    happen(series="odd/pm2_5", station="odd")
    happen()
    assert tasks.process_events() == 1
    assert "No/Where" in caplog.text
    assert Anomaly.objects.get(station="odd").processed_revision == 0
    assert Message.objects.get().place == "lahore"


def test_it_is_told_once_it_can_be(rule: Rule, officer: Contact, happen: Happen) -> None:
    Station.objects.create(slug="odd", name="Odd", timezone="No/Where")
    happen(series="odd/pm2_5", station="odd")
    tasks.process_events()
    Station.objects.update(timezone="Asia/Karachi")
    assert tasks.process_events() == 1
    assert Message.objects.get().place == "odd"


def test_a_contact_that_cannot_be_reckoned_with_does_not_hold_up_the_others(
    rule: Rule, officer: Contact, happen: Happen
) -> None:
    night = {"quiet_from": time(0), "quiet_to": time(23, 59), "timezone": "No/Where"}
    odd = Contact.objects.create(email="odd@example.org", email_verified_at=clock.now(), **night)
    Subscription.objects.create(contact=odd)
    happen()
    tasks.process_events()
    delivery.send_due()
    assert [sent.to for sent in mail.outbox] == [["officer@example.org"]]
    Contact.objects.update(quiet_from=None)
    tasks.deliver()
    assert [sent.to for sent in mail.outbox] == [["officer@example.org"], ["odd@example.org"]]


def test_a_digest_that_cannot_be_reckoned_does_not_hold_up_what_is_due(
    rule: Rule, officer: Contact, happen: Happen
) -> None:
    odd = Contact.objects.create(
        email="odd@example.org", email_verified_at=clock.now(), timezone="No/Where", digest=Contact.Digest.DAILY
    )
    Subscription.objects.create(contact=odd)
    happen()
    tasks.process_events()
    tasks.deliver()
    assert [sent.to for sent in mail.outbox] == [["officer@example.org"]]
