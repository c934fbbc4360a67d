"""Who gets a row in the outbox, what stands in it, and what becomes of it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from alerts.channels import CHANNELS, ChannelError
from alerts.channels.inapp import InAppChannel
from alerts.models import Alert, Contact, Delivery, Message, Rule, Subscription
from alerts.sending import delivery, outbox, trial
from aqi_project import clock
from detection.models import Severity

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def contact() -> Contact:
    user = User.objects.create(username="zainab")
    return Contact.objects.create(name="Zainab", language="ur", email="z@example.org", user=user)


@pytest.fixture
def message(rule: Rule) -> Message:
    """Moderate now, after it was severe."""
    now = clock.now()
    Alert.objects.create(identifier="a", slot="x", rule=rule.slug, place="lahore", since=now, level_since=now)
    levels = {"severity": Severity.MODERATE, "reach": Severity.SEVERE}
    words = {"subject_en": "Bad air", "subject_ur": "خراب ہوا", "text_en": "It is 412.", "text_ur": "یہ 412 ہے۔"}
    return Message.objects.create(alert="a", kind=Message.Kind.ALERT, rule=rule.slug, place="lahore", **levels, **words)


def told(message: Message, step: int | None = None) -> dict[str, set[str]]:
    return {contact.name: kinds for contact, kinds in outbox.recipients(message, step).values()}


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        ({}, True),
        ({"place": "lahore"}, True),
        ({"place": "city:lahore"}, True),
        ({"place": "multan"}, False),
        ({"rule": "unusual-air"}, True),
        ({"rule": "another"}, False),
        ({"min_severity": Severity.SEVERE}, True),  # who was told of the worst is told that it is better
        ({"min_severity": Severity.EXTREME}, False),
        ({"is_active": False}, False),
        ({"step": 1}, False),
    ],
)
def test_a_subscription_is_to_a_place_a_rule_and_a_severity(
    message: Message, contact: Contact, changes: dict[str, Any], is_told: bool
) -> None:
    Subscription.objects.create(contact=contact, **changes)
    assert told(message) == ({"Zainab": set(CHANNELS)} if is_told else {})


def test_a_contact_that_was_switched_off_is_told_nothing(message: Message, contact: Contact) -> None:
    Subscription.objects.create(contact=contact)
    Contact.objects.update(is_active=False)
    assert told(message) == {}


@pytest.mark.parametrize(
    ("of_rule", "by_name", "is_told"),
    [
        ({"condition": "limit"}, False, True),
        ({"condition": "forecast"}, False, True),
        ({"condition": "anomaly", "kinds": ["spike", "stuck"]}, False, True),
        ({"condition": "anomaly", "kinds": ["stuck", "dropout"]}, False, False),
        ({"condition": "no_data"}, False, False),
        ({"condition": "disagreement"}, False, False),
        ({"condition": "no_data"}, True, True),
    ],
)
def test_citizens_asked_for_the_air_and_not_for_its_instruments(
    message: Message, contact: Contact, of_rule: dict[str, Any], by_name: bool, is_told: bool
) -> None:
    Subscription.objects.create(contact=contact, rule=message.rule if by_name else "")
    Rule.objects.update(**of_rule)
    assert told(message)
    Contact.objects.update(kind=Contact.Kind.CITIZEN)
    assert bool(told(message)) is is_told


def test_of_the_end_of_a_deleted_rule_citizens_hear_who_heard_of_the_alert(message: Message, contact: Contact) -> None:
    Contact.objects.update(kind=Contact.Kind.CITIZEN)
    Subscription.objects.create(contact=contact)
    known = Delivery.objects.create(reference="r", message="m", alert="a", contact="an officer", channel="inapp")
    Rule.objects.all().delete()
    assert told(message) == {}
    Delivery.objects.filter(pk=known.pk).update(contact=contact.uid)
    assert told(message) == {"Zainab": {"inapp"}}


def test_of_an_alert_hears_each_step_that_it_has_reached_and_when_it_is_reached_that_step_alone(
    message: Message,
) -> None:
    for step in range(3):
        Subscription.objects.create(contact=Contact.objects.create(name=f"{step}"), step=step)
    Alert.objects.update(step=1)
    assert set(told(message)) == {"0", "1"}
    assert set(told(message, step=2)) == {"2"}


@pytest.mark.parametrize(
    ("of_rule", "of_subscriptions", "used"),
    [
        ([], [[]], CHANNELS),
        (["email", "sms"], [[]], ["email", "sms"]),
        ([], [["sms"]], ["sms"]),
        (["email", "sms"], [["sms", "inapp"]], ["sms"]),
        ([], [["sms"], ["email"]], ["email", "sms"]),
        (["webhook"], [["sms"]], []),
    ],
)
def test_a_channel_is_used_that_the_rule_and_a_subscription_want(
    message: Message, contact: Contact, of_rule: list[str], of_subscriptions: list[list[str]], used: Iterable[str]
) -> None:
    Rule.objects.update(channels=of_rule)
    for place, channels in zip(("", "lahore"), of_subscriptions, strict=False):
        Subscription.objects.create(contact=contact, place=place, channels=channels)
    assert told(message) == {"Zainab": set(used)}


def test_a_row_holds_to_whom_what_is_said_and_in_which_language(message: Message, contact: Contact) -> None:
    assert outbox.write_deliveries(message, {contact.uid: (contact, {"inapp"})}) == 1
    row = Delivery.objects.get()
    assert (row.recipient, row.address, row.language) == ("Zainab", "zainab", "ur")
    assert (row.subject, row.text, row.html, row.parts) == ("خراب ہوا", "یہ 412 ہے۔", "", 0)
    assert (row.alert, row.kind, row.severity) == ("a", "alert", Severity.MODERATE)
    assert (row.state, row.attempts) == (State.QUEUED, 0)
    assert row.reference == outbox.reference(message.identifier, contact.uid, "inapp")


def test_a_reference_is_that_of_message_contact_and_channel() -> None:
    names = [("m", "c", "email"), ("n", "c", "email"), ("m", "d", "email"), ("m", "c", "sms")]
    assert len({outbox.reference(*name) for name in names}) == 4
    assert (
        outbox.reference("m", "c", "email") == "dbde3f7150dc4a91ef47d19b373c713c"
    )  # for ever: what is sent again is known by it


def test_a_test_goes_through_every_address_that_the_contact_has_though_it_is_switched_off(contact: Contact) -> None:
    Contact.objects.update(is_active=False, email_verified_at=clock.now())
    assert trial.send(Contact.objects.get()) == 2
    assert outbox.queue_messages() == 0  # or it went to everybody
    assert delivery.send_due() == 2
    assert set(Delivery.objects.values_list("channel", "state")) == {("email", "sent"), ("inapp", "delivered")}


def waiting(contact: str = "", **changes: Any) -> Delivery:
    values: dict[str, Any] = {"reference": "r", "message": "m", "channel": "inapp", "kind": "notice", "text": "x"}
    values["next_attempt_at"] = clock.now()
    return Delivery.objects.create(contact=contact, **{**values, **changes})


@pytest.mark.parametrize(
    ("state", "late", "is_due"),
    [
        (State.QUEUED, 0, True),
        (State.QUEUED, -1, False),
        (State.SENDING, 0, True),
        (State.SENDING, -1, False),
        (State.SENT, 9, False),
        (State.HELD, 9, False),
    ],
)
def test_what_waits_or_was_given_up_by_a_dead_worker_is_due(
    monkeypatch: pytest.MonkeyPatch, state: str, late: int, is_due: bool
) -> None:
    now = datetime.fromisoformat("2026-11-21T09:00:00+00:00")
    monkeypatch.setattr(clock, "now", lambda: now)
    waiting(state=state, next_attempt_at=now - timedelta(seconds=late))
    assert delivery.is_any_due() is is_due
    assert (delivery.claim() is not None) is is_due


def test_what_is_due_for_longest_goes_first() -> None:
    for minutes in (1, 3, 2):
        row = {"reference": f"{minutes}", "message": f"{minutes}"}
        waiting(**row, next_attempt_at=clock.now() - timedelta(minutes=minutes))
    claimed = [delivery.claim() for _ in range(3)]
    assert [one.reference for one in claimed if one] == ["3", "2", "1"]


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """From now on the clock stands still, and what is sent is refused with many words."""

    def refuse_all(permanent: bool) -> None:
        def refuse(*given: object) -> str:
            raise ChannelError("n" + "o" * 9_999, permanent=permanent)

        now = clock.now().replace(microsecond=0)
        monkeypatch.setattr(clock, "now", lambda: now)
        monkeypatch.setattr(InAppChannel, "send", refuse)

    return refuse_all


@pytest.mark.parametrize(("permanent", "state"), [(True, State.FAILED), (False, State.QUEUED)])
def test_of_a_long_refusal_the_beginning_is_kept(refused: Callable[[bool], None], permanent: bool, state: str) -> None:
    refused(permanent)
    waiting()
    assert delivery.send_due() == 1
    assert Delivery.objects.values_list("state", "error").get() == (state, "n" + "o" * 499)


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 2), (1, 6), (4, 162), (10, 21_600)])
def test_what_is_refused_is_due_again_after_its_wait_and_not_when_its_lease_is_over(
    refused: Callable[[bool], None], attempts: int, seconds: int
) -> None:
    refused(False)
    waiting(attempts=attempts)
    delivery.send_due()
    assert Delivery.objects.get().next_attempt_at == clock.now() + timedelta(seconds=seconds)


def test_what_arrives_says_when_and_what_went_wrong_before_is_forgotten() -> None:
    before = clock.now()
    waiting(error="try later", attempts=1)
    delivery.send_due()
    row = Delivery.objects.get()
    assert (row.state, row.provider_id, row.error, row.attempts) == (State.DELIVERED, "r", "", 2)
    assert before - timedelta(seconds=1) < row.sent_at == row.delivered_at


@pytest.mark.parametrize(
    ("kind", "state"),
    [("alert", "superseded"), ("update", "superseded"), ("cancel", "delivered"), ("notice", "delivered")],
)
def test_after_the_end_of_an_alert_its_end_alone_is_told(contact: Contact, kind: str, state: str) -> None:
    Message.objects.create(alert="a", kind=Message.Kind.CANCEL, subject_en="x", text_en="x")
    waiting(contact.uid, alert="a", kind=kind)
    waiting(contact.uid, alert="b", kind=kind, reference="other", message="other")
    delivery.send_due()
    assert dict(Delivery.objects.values_list("reference", "state")) == {"r": state, "other": "delivered"}


@pytest.mark.parametrize("happens", [{"is_active": False}, {"uid": "another"}])
def test_what_is_for_a_contact_that_is_off_or_gone_is_not_sent(contact: Contact, happens: dict[str, Any]) -> None:
    Contact.objects.create(name="Omar")
    waiting(contact.uid)
    Contact.objects.filter(pk=contact.pk).update(**happens)
    delivery.send_due()
    assert Delivery.objects.values_list("state", "error").get() == (
        State.FAILED,
        "The contact was switched off or is gone.",
    )
