"""When people are told: quiet hours, digests, the month's SMS."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models import Value
from django.db.models.functions import Concat
from pytest_django import Settings

from alerts import tasks
from alerts.models import Contact, Delivery, Message, Rule, Subscription
from alerts.sending import delivery, digest, outbox
from alerts.sending.schedule import first_attempt, quiet_end
from aqi_project import clock
from detection.models import Anomaly, Severity

NIGHT = {"quiet_from": time(22), "quiet_to": time(6), "timezone": "Asia/Karachi"}  # UTC+5
State = Delivery.State
Happen = Callable[..., Anomaly]


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (utc(21, 16, 59), None),
        (utc(21, 17, 0), utc(22, 1)),
        (utc(21, 19, 30), utc(22, 1)),
        (utc(22, 0, 59), utc(22, 1)),
        (utc(22, 1, 0), None),
    ],
)
def test_a_night_reaches_over_midnight(now: datetime, end: datetime | None) -> None:
    assert quiet_end(Contact(**NIGHT), now) == end


def test_hours_within_a_day_work_too() -> None:
    nap = Contact(quiet_from=time(13), quiet_to=time(15), timezone="Asia/Karachi")
    assert quiet_end(nap, utc(21, 8)) == utc(21, 10)
    assert quiet_end(nap, utc(21, 10)) is None


def test_hours_may_end_within_a_minute() -> None:
    until = Contact(quiet_from=time(22), quiet_to=time(6, 0, 30), timezone="UTC")
    assert quiet_end(until, utc(21, 6)) == utc(21, 6) + timedelta(seconds=30)
    assert quiet_end(until, utc(21, 6) + timedelta(seconds=30)) is None


@pytest.mark.parametrize("hours", [{"quiet_from": None}, {"quiet_to": None}, {"quiet_to": NIGHT["quiet_from"]}])
def test_hours_without_a_beginning_an_end_or_a_length_are_none(hours: dict[str, time | None]) -> None:
    assert quiet_end(Contact(**{**NIGHT, **hours}), utc(21, 20)) is None


@pytest.mark.parametrize("kind", [Message.Kind.TEST, Message.Kind.NOTICE, Message.Kind.DIGEST])
def test_what_tells_of_no_alert_waits_for_no_morning_and_no_summary(kind: str) -> None:
    patient = Contact(**NIGHT, digest=Contact.Digest.DAILY)
    message = Message(kind=kind, severity=Severity.MINOR)
    assert first_attempt(patient, message, "email", utc(21, 20)) == (State.QUEUED, utc(21, 20))


@pytest.mark.parametrize("kind", [Message.Kind.ALERT, Message.Kind.UPDATE, Message.Kind.CANCEL])
def test_what_tells_of_an_alert_waits_for_the_summary_unless_it_is_extreme(kind: str) -> None:
    patient = Contact(digest=Contact.Digest.DAILY)
    severe, extreme = (Message(kind=kind, severity=worth) for worth in (Severity.SEVERE, Severity.EXTREME))
    assert first_attempt(patient, severe, "email", utc(21, 12)) == (State.HELD, utc(21, 12))
    assert first_attempt(patient, extreme, "email", utc(21, 12)) == (State.QUEUED, utc(21, 12))


def test_an_extreme_alert_comes_through_at_night() -> None:
    message = Message(kind=Message.Kind.ALERT, severity=Severity.EXTREME)
    assert first_attempt(Contact(**NIGHT), message, "sms", utc(21, 20)) == (State.QUEUED, utc(21, 20))


@pytest.fixture
def woken(db: None) -> Contact:
    """Who was told of the extreme alert “a” at 11 pm in Karachi."""
    contact = Contact.objects.create(**NIGHT, digest=Contact.Digest.DAILY)
    given = {"alert": "a", "contact": contact.uid, "kind": "alert", "severity": Severity.EXTREME}
    Delivery.objects.create(reference="r", message="a-1", channel="sms", created_at=utc(21, 18), **given)
    return contact


@pytest.mark.parametrize(
    ("alert", "channel", "now", "due"),
    [
        ("a", "sms", utc(21, 22), utc(21, 22)),  # who was woken at 11 pm hears at 3 am that it is over
        ("b", "sms", utc(21, 22), utc(22, 1)),  # of what woke nobody in this night, in the morning
        ("a", "email", utc(21, 22), utc(22, 1)),
        ("a", "sms", utc(22, 22), utc(23, 1)),  # a night later
        ("b", "sms", utc(22, 2), utc(22, 2)),
        ("b", "inapp", utc(21, 22), utc(21, 22)),
    ],
)
def test_the_end_of_an_extreme_alert_wakes_those_whom_the_alert_has_woken(
    woken: Contact, alert: str, channel: str, now: datetime, due: datetime
) -> None:
    over = Message(kind=Message.Kind.CANCEL, severity=Severity.EXTREME, alert=alert)
    assert first_attempt(woken, over, channel, now) == (State.QUEUED, due)


def test_who_has_heard_that_it_began_anew_does_not_read_afterwards_that_it_ended(officer: Contact) -> None:
    ends, begins = clock.now() - timedelta(hours=2), clock.now() - timedelta(hours=1)
    for number, (kind, at) in enumerate([(Message.Kind.CANCEL, ends), (Message.Kind.ALERT, begins)]):
        given = {"kind": kind, "created_at": at, "alert": f"{number}", "severity": Severity.EXTREME}
        message = Message.objects.create(rule="smog", place="lahore", subject_en=kind, text_en=kind, **given)
        outbox.write_deliveries(message, {officer.uid: (officer, {"email"})})
    Delivery.objects.filter(kind="cancel").update(next_attempt_at=clock.now() + timedelta(hours=1))
    delivery.send_due()
    Delivery.objects.filter(kind="cancel").update(next_attempt_at=clock.now())
    delivery.send_due()
    assert [sent.subject for sent in mail.outbox] == ["alert"]
    over = Delivery.objects.get(kind="cancel")
    assert (over.state, "ended" in over.get_state_display()) == (State.SUPERSEDED, False)


def test_a_severe_alert_waits_for_the_morning() -> None:
    message = Message(kind=Message.Kind.ALERT, severity=Severity.SEVERE)
    assert first_attempt(Contact(**NIGHT), message, "sms", utc(21, 20)) == (State.QUEUED, utc(22, 1))


def test_the_inbox_wakes_nobody_and_waits_for_nothing() -> None:
    message = Message(kind=Message.Kind.ALERT, severity=Severity.SEVERE)
    assert first_attempt(Contact(**NIGHT), message, "inapp", utc(21, 20))[1] == utc(21, 20)


@pytest.mark.parametrize(
    ("kind", "now", "slot"),
    [
        (Contact.Digest.DAILY, utc(21, 3, 0), utc(21, 3)),
        (Contact.Digest.DAILY, utc(21, 2, 59), utc(20, 3)),
        (Contact.Digest.DAILY, utc(21, 3) + timedelta(seconds=7, microseconds=7), utc(21, 3)),
        (Contact.Digest.WEEKLY, utc(21, 12), utc(16, 3)),  # 16 November 2026 is a Monday
        (Contact.Digest.WEEKLY, utc(16, 2, 59), utc(9, 3)),
        (Contact.Digest.WEEKLY, utc(22, 12), utc(16, 3)),
        (Contact.Digest.NONE, utc(21, 12), utc(21, 12)),
    ],
)
def test_a_digest_is_due_at_its_hour_on_the_wall(kind: str, now: datetime, slot: datetime) -> None:
    assert digest.slot_before(Contact(digest=kind, digest_hour=8, timezone="Asia/Karachi"), now) == slot


@pytest.fixture
def patient(officer: Contact) -> Contact:
    Contact.objects.update(digest=Contact.Digest.DAILY)
    officer.refresh_from_db()
    return officer


def two_events(rule: Rule, happen: Happen, now: datetime) -> None:
    Rule.objects.update(recover_for=timedelta(0))
    first = happen(start=now - timedelta(hours=3), last_at=now - timedelta(hours=2))
    tasks.process_events()
    Anomaly.objects.filter(pk=first.pk).update(end=now - timedelta(hours=1), revision=2)
    tasks.process_events()


def test_what_happens_in_a_day_comes_as_one_mail(rule: Rule, patient: Contact, happen: Happen, now: datetime) -> None:
    two_events(rule, happen, now)
    delivery.send_due()
    assert not mail.outbox
    tomorrow = clock.now() + timedelta(days=1)
    assert digest.send_digests(tomorrow) == 1
    assert digest.send_digests(tomorrow) == 0
    delivery.send_due()
    (sent,) = mail.outbox
    assert sent.subject == "Air alerts: 2 in your summary"
    assert "Lahore: Unusual air (Severe)\nAbout twice the usual" in sent.body  # the explanation names no place
    assert Delivery.objects.filter(state=State.DIGESTED).count() == 2


def test_a_digest_that_died_half_way_is_not_sent_twice(
    rule: Rule, patient: Contact, happen: Happen, now: datetime
) -> None:
    two_events(rule, happen, now)
    tomorrow = clock.now() + timedelta(days=1)
    digest.send_digests(tomorrow)
    Delivery.objects.filter(state=State.DIGESTED).update(state=State.HELD)
    digest.send_digests(tomorrow)
    delivery.send_due()
    assert len(mail.outbox) == 1


def hold(contact: Contact, name: str, *channels: str) -> None:
    """A message that waits for the contact's digest."""
    message = Message.objects.create(identifier=name, kind="alert", subject_en=name, text_en=f"The text of {name}.")
    outbox.write_deliveries(message, {contact.uid: (contact, set(channels))})


def test_what_comes_after_a_digest_of_the_same_hour_is_not_lost(patient: Contact) -> None:
    Contact.objects.update(digest_hour=8, timezone="UTC")
    hold(Contact.objects.get(), "first", "email")
    morning = (clock.now() + timedelta(days=2)).replace(hour=8, minute=0)
    assert digest.send_digests(morning) == 1
    hold(Contact.objects.get(), "second", "email")
    Contact.objects.update(digest=Contact.Digest.NONE)
    assert digest.send_digests(morning + timedelta(minutes=20)) == 0
    assert digest.send_digests(morning + timedelta(hours=1)) == 1
    delivery.send_due()
    assert ["second" in sent.body for sent in mail.outbox] == [False, True]


def test_who_waits_for_the_morning_costs_no_query(patient: Contact, django_assert_num_queries: Any) -> None:
    for number in range(3):
        email = f"{number}@example.org"
        other = Contact.objects.create(email=email, email_verified_at=clock.now(), digest="daily")
        hold(other, email, "email")
    with django_assert_num_queries(2):  # what is held, and for whom
        assert digest.send_digests(clock.now() - timedelta(days=2)) == 0


def test_each_contact_gets_its_own_digest_in_its_language(patient: Contact) -> None:
    other = Contact.objects.create(email="o@example.org", email_verified_at=clock.now(), digest="daily", language="ur")
    hold(patient, "first", "email")
    hold(other, "second", "email")
    assert digest.send_digests(clock.now() + timedelta(days=1)) == 2
    told = {row.address: row for row in Delivery.objects.filter(kind=Message.Kind.DIGEST)}
    assert told["officer@example.org"].subject == "Air alerts: 1 in your summary"
    assert told["o@example.org"].subject == "فضائی اطلاعات: خلاصے میں 1"
    assert ["first" in row.text for row in told.values()] == [
        row.address.startswith("officer") for row in told.values()
    ]


def test_a_digest_goes_to_nobody_else_and_is_noted_with_what_it_tells(patient: Contact) -> None:
    everything = Contact.objects.create(email="o@example.org", email_verified_at=clock.now())
    Subscription.objects.create(contact=everything, min_severity=Severity.INFO)
    hold(patient, "first", "email")
    Message.objects.update(queued_at=clock.now())
    digest.send_digests(clock.now() + timedelta(days=1))
    assert outbox.queue_messages() == 0
    made = Delivery.objects.get(kind=Message.Kind.DIGEST)
    assert made.address == "officer@example.org"
    assert Delivery.objects.get(state=State.DIGESTED).provider_id == made.message


@pytest.mark.parametrize(("seconds", "made"), [(-1, 1), (0, 0)])
def test_what_came_at_the_hour_of_the_digest_waits_for_the_next(patient: Contact, seconds: int, made: int) -> None:
    slot = digest.slot_before(patient, clock.now())
    hold(patient, "first", "email")
    Message.objects.update(severity=Severity.SEVERE)
    Delivery.objects.update(created_at=slot + timedelta(seconds=seconds))
    assert digest.send_digests() == made
    assert list(Message.objects.filter(kind="digest").values_list("severity", flat=True)) == [Severity.SEVERE] * made


def test_each_channel_gets_what_was_held_for_it(patient: Contact) -> None:
    Contact.objects.update(apprise_url="json://127.0.0.1:1")
    contact = Contact.objects.get()
    hold(contact, "both", "email", "apprise")
    hold(contact, "mail alone", "email")
    assert digest.send_digests(clock.now() + timedelta(days=1)) == 2
    texts = dict(Delivery.objects.filter(kind=Message.Kind.DIGEST).values_list("channel", "text"))
    assert "mail alone" in texts["email"]
    assert texts["apprise"] == "both\nThe text of both."


def test_a_digest_by_sms_tells_of_each_message_in_a_line(patient: Contact, settings: Settings) -> None:
    settings.SMS_URL = "form://127.0.0.1:1/?:to={to}"
    Contact.objects.update(phone="+923001234567", phone_verified_at=clock.now())
    contact = Contact.objects.get()
    for name in ("first", "second"):
        hold(contact, name, "sms")
    Message.objects.update(text_en=Concat("text_en", Value("\nStay inside.")))
    assert digest.send_digests(clock.now() + timedelta(days=1)) == 1
    sent = Delivery.objects.get(kind=Message.Kind.DIGEST)
    assert sent.text == "Air alerts: 2 in your summary\nfirst\nsecond"


def test_what_was_held_for_a_contact_that_is_gone_is_given_up(patient: Contact) -> None:
    hold(patient, "first", "email")
    Contact.objects.all().delete()
    tasks.deliver()
    assert Delivery.objects.values_list("state", "error").get() == (
        State.FAILED,
        "The contact was switched off or is gone.",
    )
    assert not mail.outbox


def test_the_hour_that_comes_twice_has_one_digest_and_loses_nothing(patient: Contact) -> None:
    Contact.objects.update(digest_hour=1, timezone="Europe/London")  # until 25 October 2026, 01:00 UTC: an hour ahead
    contact = Contact.objects.get()
    midnight = datetime(2026, 10, 25, tzinfo=UTC)
    for came, due in ((-0.5, 0.1), (0.5, 1.1)):
        hold(contact, f"after {came}", "email")
        Delivery.objects.filter(message=f"after {came}").update(created_at=midnight + timedelta(hours=came))
        digest.send_digests(midnight + timedelta(hours=due))
    assert Delivery.objects.get(state=State.HELD).message == "after 0.5"
    assert digest.send_digests(midnight + timedelta(hours=25.1)) == 1


def test_used_up_sms_are_told_once_by_mail(rule: Rule, happen: Happen, now: datetime, settings: Settings) -> None:
    settings.SMS_URL = "form://127.0.0.1:1/?:to={to}"
    contact = Contact.objects.create(
        phone="+923001234567",
        phone_verified_at=clock.now(),
        email="a@example.org",
        email_verified_at=clock.now(),
        sms_cap=1,
    )
    Subscription.objects.create(contact=contact, channels=["sms"])
    two_events(rule, happen, now)
    message = Message.objects.order_by("number").last()
    assert message
    outbox.write_deliveries(message, outbox.recipients(message))
    assert sorted(Delivery.objects.filter(channel="sms").values_list("state", flat=True)) == ["capped", "queued"]
    notice = Delivery.objects.get(channel="email")
    assert notice.subject == "Your SMS for this month are used up"
