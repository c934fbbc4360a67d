"""E-mail through Django's backend: text and HTML, the same Message-ID on each attempt."""

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from alerts import links
from alerts.channels.base import Channel, ChannelError
from alerts.models import Contact, Delivery

PERMANENT_FROM = 500  # SMTP reply codes from here on say that trying again is of no use
REFUSES_US = (  # and not the message: once the settings are mended it goes out
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPSenderRefused,
)


class EmailChannel(Channel):
    def address(self, contact: Contact) -> str:
        return contact.email if contact.email_verified_at else ""

    def send(self, delivery: Delivery) -> str:
        message = compose(delivery)
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as error:
            permanent = all(_is_permanent(code) for code, _ in error.recipients.values())
            raise ChannelError(f"The address was refused: {error}", permanent=permanent) from error
        except REFUSES_US as error:
            raise ChannelError(f"The mail server refuses us: {error}", permanent=False) from error
        except smtplib.SMTPResponseException as error:
            raise ChannelError(str(error), permanent=_is_permanent(error.smtp_code)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise ChannelError(f"The mail server cannot be reached: {error}", permanent=False) from error
        return message_id(delivery)


def message_id(delivery: Delivery) -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{delivery.reference}@{domain}>"


def compose(delivery: Delivery) -> EmailMultiAlternatives:
    """The mail; its header says how to stop exactly where its text does, to citizens."""
    headers = {"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated"}
    way_out = links.unsubscribe(delivery.contact)
    if way_out in delivery.text:
        headers |= {"List-Unsubscribe": f"<{way_out}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    subject = " ".join(delivery.subject.split())
    message = EmailMultiAlternatives(subject, delivery.text, to=[delivery.address], headers=headers)
    if delivery.html:
        message.attach_alternative(delivery.html, "text/html")
    return message


def _is_permanent(code: int) -> bool:
    return code >= PERMANENT_FROM
