"""What a mail says of itself, and which refusals are final. No server is asked."""

import smtplib

import pytest
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from alerts import links
from alerts.channels import ChannelError
from alerts.channels.email import EmailChannel, compose, message_id
from alerts.models import Delivery


def row(**changes: str) -> Delivery:
    return Delivery(**{"reference": "r1", "contact": "c", "address": "a@example.org", "text": "x", **changes})


@pytest.mark.parametrize(
    ("error", "final"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no such user")}), True),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"greylisted")}), False),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no"), "b": (450, b"later")}), False),
        (smtplib.SMTPDataError(500, b"never"), True),
        (smtplib.SMTPDataError(499, b"later"), False),
        (smtplib.SMTPSenderRefused(553, b"not owned by you", "alerts@localhost"), False),
        (smtplib.SMTPAuthenticationError(535, b"wrong password"), False),
        (smtplib.SMTPHeloError(550, b"who are you"), False),
        (smtplib.SMTPConnectError(554, b"no service"), False),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (TimeoutError("slow"), False),
    ],
    ids=lambda given: type(given).__name__,
)
def test_what_is_refused_is_final_only_where_it_is_about_the_mail(
    monkeypatch: pytest.MonkeyPatch, error: Exception, final: bool
) -> None:
    def refuse(*given: object) -> None:
        raise error

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
    with pytest.raises(ChannelError) as told:
        EmailChannel().send(row())
    assert told.value.permanent is final


@pytest.mark.parametrize(
    ("sender", "identity"),
    [
        ("Clean Air <alerts@air.example.org>", "<r1@air.example.org>"),
        ("alerts@air.example.org", "<r1@air.example.org>"),
        ("", "<r1@localhost>"),
    ],
)
def test_the_identity_of_a_mail_is_its_reference_at_the_senders_domain(
    settings: Settings, sender: str, identity: str
) -> None:
    settings.DEFAULT_FROM_EMAIL = sender
    assert message_id(row()) == identity


def test_the_header_offers_the_way_out_that_the_text_offers_and_no_other() -> None:
    own, others = links.unsubscribe("c"), links.unsubscribe("somebody else")
    assert compose(row(text=f"Stop: {own}\n")).extra_headers["List-Unsubscribe"] == f"<{own}>"
    for text in ("x", f"Stop: {others}\n"):
        assert not {"List-Unsubscribe", "List-Unsubscribe-Post"} & set(compose(row(text=text)).extra_headers)


def test_a_subject_of_several_lines_is_one_line() -> None:
    mail = compose(row(subject="Bad air\r\nBcc: all@example.org", html="<p>x</p>"))
    assert mail.message()["Subject"] == "Bad air Bcc: all@example.org"
    assert mail.alternatives[0][1] == "text/html"
    assert compose(row()).alternatives == []
