"""What the task of the deliveries does beside sending."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from alerts import tasks
from alerts.models import Attempt, Contact, Delivery, Message, Silence
from alerts.people import ratelimit
from aqi_project import clock

pytestmark = pytest.mark.django_db
WINDOW, LIMIT = timedelta(hours=1), 3


def tries(what: str, count: int) -> list[bool]:
    return [ratelimit.allow(what, LIMIT, WINDOW) for _ in range(count)]


@pytest.mark.usefixtures("one_window")
def test_so_many_tries_are_allowed_to_each_and_no_more() -> None:
    assert tries("mail:a@example.org", 5) == [True, True, True, False, False]
    assert tries("mail:b@example.org", 1) == [True]


def test_in_the_next_window_one_may_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    tries("mail", LIMIT)
    monkeypatch.setattr(clock, "now", lambda: now + WINDOW)
    assert tries("mail", 1) == [True]


def test_counters_are_forgotten_when_their_window_is_over_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: now)
        tries("mail", LIMIT)
        tasks.deliver()
        assert tries("mail", 1) == [False]
        patch.setattr(clock, "now", lambda: now + WINDOW + timedelta(seconds=1))
        tasks.deliver()
    assert not Attempt.objects.exists()


def test_summaries_that_are_due_are_made_and_sent(officer: Contact) -> None:
    day_ago = clock.now() - timedelta(days=1, minutes=1)
    message = Message.objects.create(kind=Message.Kind.ALERT, subject_en="x", text_en="Bad air.", queued_at=day_ago)
    Contact.objects.update(digest=Contact.Digest.DAILY)
    Delivery.objects.create(
        message=message.identifier, contact=officer.uid, channel="email", reference="x" * 32, address=officer.email,
        kind=message.kind, state=Delivery.State.HELD, created_at=day_ago, next_attempt_at=day_ago,
    )  # fmt: skip
    assert tasks.deliver() == 1
    assert [sent.subject for sent in mail.outbox] == ["Air alerts: 1 in your summary"]


@pytest.mark.parametrize("minutes", [0, -1])
def test_a_silence_ends_after_it_starts(minutes: int) -> None:
    now = clock.now()
    with pytest.raises(ValidationError, match="end after it starts"):
        Silence(reason="x", starts_at=now, ends_at=now + timedelta(minutes=minutes)).full_clean()


def test_a_silence_lasts_from_its_first_moment_to_before_its_last() -> None:
    now = clock.now()
    silence = Silence(rule="dust", place="lahore", starts_at=now, ends_at=now + WINDOW)
    moments = (-1, 0, 3599, 3600)
    assert [silence.covers("dust", {"lahore"}, now + timedelta(seconds=s)) for s in moments] == [
        False, True, True, False,
    ]  # fmt: skip
    assert not silence.covers("smoke", {"lahore"}, now)
    assert not silence.covers("dust", {"multan"}, now)
