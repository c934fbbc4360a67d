"""What people read last is what holds."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage

from alerts.models import Contact, Delivery, Message
from alerts.sending import delivery
from aqi_project import clock

State = Delivery.State
Said = Callable[..., None]


@pytest.fixture
def said(officer: Contact) -> Said:
    """The n-th message of an alert, on its way to the officer by mail and due `late` seconds ago."""

    def make(number: int, late: float = 0, **changes: Any) -> None:
        kind = Message.Kind.UPDATE if number > 1 else Message.Kind.ALERT
        words = {"subject_en": f"{number}", "text_en": "x", "kind": kind}
        Message.objects.create(identifier=f"{number}", alert="a", number=number, **words)
        row = {"contact": officer.uid, "channel": "email", "address": officer.email, "alert": "a", "kind": kind}
        row |= {"next_attempt_at": clock.now() - timedelta(seconds=late), "subject": f"{number}", **changes}
        Delivery.objects.create(reference=f"{number}-{row['channel']}", message=f"{number}", **row)

    return make


def test_what_waits_for_another_try_is_not_sent_after_later_news(said: Said, mailoutbox: list[EmailMessage]) -> None:
    said(1, late=-60)
    said(2)
    delivery.send_due()
    Delivery.objects.update(next_attempt_at=clock.now())  # the minute is over
    delivery.send_due()
    assert [mail.subject for mail in mailoutbox] == ["2"]
    assert list(Delivery.objects.order_by("message").values_list("state", flat=True)) == [State.SUPERSEDED, State.SENT]


def test_of_a_night_the_newest_is_told_in_the_morning(said: Said, mailoutbox: list[EmailMessage]) -> None:
    for number in (1, 2, 3):
        said(number)
    delivery.send_due()
    assert [mail.subject for mail in mailoutbox] == ["3"]


@pytest.mark.parametrize(
    "later",
    [
        {"state": State.FAILED},
        {"state": State.CAPPED},
        {"state": State.HELD},
        {"late": -60},
        {"channel": "inapp"},
        {"contact": "another"},
        {"alert": "b"},
    ],
)
def test_what_nobody_has_told_there_overtakes_nothing(
    said: Said, mailoutbox: list[EmailMessage], later: dict[str, Any]
) -> None:
    said(1)
    said(2, **later)
    Message.objects.filter(identifier="2").update(alert=later.get("alert", "a"))
    delivery.attempt(delivery.claim() or Delivery())
    assert [mail.subject for mail in mailoutbox] == ["1"]
