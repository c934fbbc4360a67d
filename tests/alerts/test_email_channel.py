"""E-mail against a real SMTP server on loopback."""

import smtplib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.core.mail.backends.smtp import EmailBackend
from pytest_django import Settings

from alerts import tasks
from alerts.models import Contact, Delivery, Rule
from alerts.sending import delivery
from aqi_project import clock
from detection.models import Anomaly
from tests.servers.smtp import Fate, Mailbox, SmtpServer, smtp_server


@pytest.fixture
def server(settings: Settings) -> Iterator[SmtpServer]:
    with smtp_server() as running:
        settings.EMAIL_BACKEND = "alerts.channels.mail.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running


@pytest.fixture
def queued(rule: Rule, officer: Contact, happen: Callable[..., Anomaly]) -> Delivery:
    happen()
    tasks.process_events()
    return Delivery.objects.get()


def next_attempt() -> Delivery:
    Delivery.objects.update(next_attempt_at=clock.now())
    delivery.send_due()
    return Delivery.objects.get()


def fates(mailbox: Mailbox, *coming: Fate) -> None:
    queue = iter(coming)
    mailbox.fate = lambda: next(queue)


def test_a_mail_carries_its_identity(server: SmtpServer, queued: Delivery) -> None:
    done = next_attempt()
    (mail,) = server.mailbox.mails
    assert done.state == Delivery.State.SENT
    assert mail["Message-ID"] == done.provider_id == f"<{queued.reference}@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None  # an officer's alerts are the admin's business


def test_what_is_refused_for_now_is_tried_again_later(server: SmtpServer, queued: Delivery) -> None:
    fates(server.mailbox, Fate.REFUSE, Fate.ACCEPT)
    waiting = next_attempt()
    assert (waiting.state, waiting.attempts) == (Delivery.State.QUEUED, 1)
    assert waiting.next_attempt_at > clock.now()
    assert "try later" in waiting.error
    assert next_attempt().state == Delivery.State.SENT
    assert len(server.mailbox.mails) == 1


def test_what_has_not_gone_out_when_the_alert_ends_is_not_sent_after_its_end(
    server: SmtpServer, queued: Delivery, now: datetime
) -> None:
    fates(server.mailbox, Fate.REFUSE, Fate.ACCEPT)
    next_attempt()
    Rule.objects.update(recover_for=timedelta(0))
    Anomaly.objects.update(end=now, last_at=now - timedelta(hours=1), revision=2)
    tasks.process_events()
    Delivery.objects.update(next_attempt_at=clock.now())
    delivery.send_due()
    assert [mail["Subject"] for mail in server.mailbox.mails] == ["Over in Lahore: Unusual air"]
    opening = Delivery.objects.get(kind="alert")
    assert opening.get_state_display() == "Not sent: newer news had overtaken it"
    assert "try later" in opening.error


def test_what_is_rejected_for_ever_stops_and_says_why(server: SmtpServer, queued: Delivery) -> None:
    fates(server.mailbox, Fate.REJECT)
    failed = next_attempt()
    assert failed.state == Delivery.State.FAILED
    assert "never" in failed.error
    assert next_attempt().attempts == 1


def test_a_resend_after_a_lost_answer_carries_the_same_message_id(server: SmtpServer, queued: Delivery) -> None:
    fates(server.mailbox, Fate.DROP_AFTER, Fate.ACCEPT)
    next_attempt()
    next_attempt()
    assert len(server.mailbox.ids()) == 2
    assert len(set(server.mailbox.ids())) == 1


def test_a_server_that_is_down_is_tried_again(settings: Settings, server: SmtpServer, queued: Delivery) -> None:
    settings.EMAIL_PORT = 1
    assert next_attempt().state == Delivery.State.QUEUED
    settings.EMAIL_PORT = server.port
    assert next_attempt().state == Delivery.State.SENT


def test_a_server_that_drips_is_left_before_another_worker_may_take_the_mail(
    settings: Settings, server: SmtpServer, queued: Delivery
) -> None:
    """Each of its letters comes in time, and its answers take a second in all."""
    settings.EMAIL_TIMEOUT = 0.2
    server.mailbox.pause = 0.02
    assert next_attempt().state == Delivery.State.QUEUED
    assert not server.mailbox.mails
    server.mailbox.pause = 0
    assert next_attempt().state == Delivery.State.SENT


def test_it_gives_up_after_the_last_attempt(settings: Settings, server: SmtpServer, queued: Delivery) -> None:
    settings.EMAIL_PORT = 1
    Delivery.objects.update(attempts=delivery.MAX_ATTEMPTS - 1)
    assert next_attempt().state == Delivery.State.FAILED


def test_the_last_attempt_is_made(server: SmtpServer, queued: Delivery) -> None:
    Delivery.objects.update(attempts=delivery.MAX_ATTEMPTS - 1)
    assert next_attempt().state == Delivery.State.SENT


def test_what_no_worker_survives_is_given_up(server: SmtpServer, queued: Delivery) -> None:
    Delivery.objects.update(attempts=delivery.MAX_ATTEMPTS, state=Delivery.State.SENDING)
    failed = next_attempt()
    assert (failed.state, failed.error) == (Delivery.State.FAILED, "Whoever tried to send it died.")
    assert not server.mailbox.mails


def test_a_wrong_password_of_ours_loses_no_message(
    server: SmtpServer, queued: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: object, **more: object) -> None:
        raise smtplib.SMTPAuthenticationError(535, b"bad credentials")

    with monkeypatch.context() as wrong:
        wrong.setattr(EmailBackend, "open", refuse)
        waiting = next_attempt()
    assert waiting.state == Delivery.State.QUEUED
    assert "bad credentials" in waiting.error
    assert next_attempt().state == Delivery.State.SENT


def test_waits_grow_but_not_without_end() -> None:
    waits = [delivery.wait_after(number) for number in range(1, delivery.MAX_ATTEMPTS)]
    assert waits[:3] == [timedelta(seconds=2), timedelta(seconds=6), timedelta(seconds=18)]
    assert max(waits) == timedelta(hours=6)
    assert sum(waits, timedelta()) == timedelta(hours=17, minutes=28, seconds=2)


def test_a_poisonous_delivery_does_not_hold_up_the_next(server: SmtpServer, queued: Delivery) -> None:
    broken = Delivery.objects.get()
    broken.pk, broken.reference, broken.contact, broken.channel = None, "x", "x", "no such channel"
    broken.next_attempt_at = clock.now() - timedelta(hours=1)
    broken.save(force_insert=True)
    delivery.send_due()
    assert Delivery.objects.get(reference="x").state == Delivery.State.FAILED
    assert Delivery.objects.get(reference=queued.reference).state == Delivery.State.SENT
