"""What is broken in one place must not hold up the others."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError
from pymongo.errors import NotPrimaryError

from alerts import conditions, tasks
from alerts.channels.email import EmailChannel
from alerts.models import Alert, Contact, Message, Rule, Subscription
from alerts.sending import delivery, outbox
from aqi_project import clock
from detection.models import Anomaly
from ingestion.models import Station

pytestmark = pytest.mark.django_db
Happen = Callable[..., Anomaly]


@pytest.fixture
def odd(officer: Contact) -> Contact:
    """A contact whose delivery cannot be made."""
    night = {"quiet_from": time(0), "quiet_to": time(23, 59), "timezone": "No/Where"}
    contact = Contact.objects.create(email="odd@example.org", email_verified_at=clock.now(), **night)
    Subscription.objects.create(contact=contact)
    return contact


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


def test_a_recording_that_cannot_be_played_does_not_hold_up_the_events_of_others(
    rule: Rule, officer: Contact, happen: Happen
) -> None:
    Station.objects.create(slug="odd", name="Odd", provider="replay", replay_started_at=clock.now(), replay_shift=None)
    happen()
    assert tasks.process_events() == 1
    assert Message.objects.get().place == "lahore"


def test_it_is_told_once_it_can_be(rule: Rule, officer: Contact, happen: Happen) -> None:
    Station.objects.create(slug="odd", name="Odd", timezone="No/Where")
    happen(series="odd/pm2_5", station="odd")
    tasks.process_events()
    Station.objects.update(timezone="Asia/Karachi")
    assert tasks.process_events() == 1
    assert Message.objects.get().place == "odd"


def test_a_database_that_is_away_for_a_moment_is_no_fault_of_a_rule_and_loses_no_event(
    rule: Rule, officer: Contact, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*given: object) -> None:
        raise DatabaseError from NotPrimaryError("The primary steps down.")

    ended = clock.now() - timedelta(hours=2)
    happen(start=ended, last_at=ended, end=ended)
    with monkeypatch.context() as patch:
        patch.setattr(conditions, "now", away)
        assert tasks.process_events() == 0
    assert not Alert.objects.exists()
    assert tasks.process_events() == 1
    assert Message.objects.get().kind == Message.Kind.ALERT


def test_a_contact_that_cannot_be_reckoned_with_does_not_hold_up_the_others(
    rule: Rule, officer: Contact, odd: Contact, happen: Happen
) -> None:
    happen()
    tasks.process_events()
    delivery.send_due()
    assert [sent.to for sent in mail.outbox] == [["officer@example.org"]]
    Contact.objects.update(quiet_from=None)
    tasks.deliver()
    assert [sent.to for sent in mail.outbox] == [["officer@example.org"], ["odd@example.org"]]


def test_what_is_tried_again_for_one_contact_is_not_composed_again_for_the_others(
    rule: Rule, officer: Contact, odd: Contact, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen()
    tasks.process_events()
    composed: list[str] = []
    words = EmailChannel.words
    monkeypatch.setattr(EmailChannel, "words", lambda *args: composed.append(args[2].email) or words(*args))
    assert outbox.queue_messages() == 0
    assert composed == ["odd@example.org"]


def test_a_message_is_not_tried_for_ever(rule: Rule, officer: Contact, odd: Contact, happen: Happen) -> None:
    happen()
    tasks.process_events()
    assert Message.objects.get().queued_at is None
    Message.objects.update(created_at=clock.now() - outbox.KEEP_TRYING)
    outbox.queue_messages()
    assert Message.objects.get().queued_at


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
