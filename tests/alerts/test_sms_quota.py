"""How many SMS a contact gets in a month."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.core import mail
from pytest_django import Settings

from alerts import tasks
from alerts.models import Contact, Delivery, Message, Rule, Subscription
from alerts.sending import sms_quota
from aqi_project import clock
from detection.models import Anomaly

pytestmark = pytest.mark.django_db
State = Delivery.State
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MONTH = datetime(2026, 10, 31, 19, tzinfo=UTC)  # midnight in Karachi
number = count()


@pytest.fixture
def contact() -> Contact:
    return Contact.objects.create(phone="+923001234567", sms_cap=3, timezone="Asia/Karachi")


def sent(to: Contact, parts: int = 3, **changes: Any) -> None:
    key = f"{next(number)}"
    values = {"message": key, "reference": key, "contact": to.uid, "channel": "sms", "state": State.SENT}
    Delivery.objects.create(**{**values, "created_at": NOW - timedelta(hours=1), "parts": parts, **changes})


def test_they_are_counted_in_parts(contact: Contact) -> None:
    sent(contact, parts=2)
    assert sms_quota.fits(contact, 1, NOW)
    assert not sms_quota.fits(contact, 2, NOW)


def test_the_month_begins_at_midnight_where_the_contact_lives(contact: Contact) -> None:
    sent(contact, created_at=MONTH - timedelta(seconds=1))
    assert sms_quota.fits(contact, 3, NOW)
    sent(contact, parts=1, created_at=MONTH)
    assert not sms_quota.fits(contact, 3, NOW)


@pytest.mark.parametrize("state", [State.QUEUED, State.SENDING, State.SENT, State.DELIVERED])
def test_what_is_sent_or_will_be_counts(contact: Contact, state: str) -> None:
    sent(contact, state=state)
    assert not sms_quota.fits(contact, 1, NOW)


@pytest.mark.parametrize("state", [State.CAPPED, State.FAILED, State.HELD, State.DIGESTED, State.SUPERSEDED])
def test_what_was_never_sent_does_not_count(contact: Contact, state: str) -> None:
    sent(contact, state=state)
    assert sms_quota.fits(contact, 3, NOW)


@pytest.mark.parametrize("changes", [{"contact": "somebody else"}, {"channel": "email"}])
def test_neither_does_what_others_get_nor_what_is_no_sms(contact: Contact, changes: dict[str, str]) -> None:
    sent(contact, **changes)
    assert sms_quota.fits(contact, 3, NOW)


def test_there_is_one_notice_a_month(contact: Contact) -> None:
    notices = [sms_quota.notice(contact, at).identifier for at in (MONTH, NOW, MONTH - timedelta(seconds=1))]
    assert notices[0] == notices[1] != notices[2]
    assert not Message.objects.filter(queued_at=None).exists()  # or it went to everybody


def test_who_dies_before_used_up_sms_are_told_leaves_it_to_the_next_run(
    rule: Rule, happen: Callable[..., Anomaly], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SMS_URL = "form://127.0.0.1:1/?:to={to}"
    verified = {"phone_verified_at": clock.now(), "email_verified_at": clock.now()}
    contact = Contact.objects.create(phone="+923001234567", email="a@example.org", sms_cap=0, **verified)
    Subscription.objects.create(contact=contact, channels=["sms"])
    happen()
    with monkeypatch.context() as patch:
        patch.setattr(sms_quota, "notice", lambda *_: sys.exit())
        with pytest.raises(SystemExit):
            tasks.process_events()
    tasks.deliver()
    assert [sent.subject for sent in mail.outbox] == ["Your SMS for this month are used up"]
