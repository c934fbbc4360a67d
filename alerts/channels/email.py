"""E-mail through Django's backend: text and HTML, the same Message-ID on each attempt."""

import smtplib
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from alerts import links
from alerts.channels.base import Channel, ChannelError
from alerts.models import Alert, Contact, Delivery, Message

PERMANENT_FROM = 500  # SMTP reply codes from here on say that trying again is of no use
REFUSES_US = (  # and not the message: once the settings are mended it goes out
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPSenderRefused,
)
OTHER = {"en": "ur", "ur": "en"}


class EmailChannel(Channel):
    def address(self, contact: Contact) -> str:
        return contact.email if contact.email_verified_at else ""

    def words(self, message: Message, contact: Contact) -> dict[str, Any]:
        """Both languages, the contact's own first."""
        languages = (contact.language, OTHER[contact.language])
        sections = [
            {"language": language, "subject": message.subject_in(language), "text": message.text_in(language)}
            for language in languages
            if message.text_ur or language == "en"
        ]
        context = {
            "sections": sections,
            "message": message,
            "contact": contact,
            "page": links.page(message),
            "stop": links.unsubscribe(contact.uid) if contact.kind == Contact.Kind.CITIZEN else "",
            "acknowledge": acknowledge_link(message, contact),
        }
        return {
            "subject": message.subject_in(contact.language),
            "text": render_to_string("alerts/mail/message.txt", context).strip() + "\n",
            "html": render_to_string("alerts/mail/message.html", context),
        }

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


def acknowledge_link(message: Message, contact: Contact) -> str:
    """For agencies, while somebody still has to take the alert on."""
    if contact.kind != Contact.Kind.AGENCY or message.kind not in (Message.Kind.ALERT, Message.Kind.UPDATE):
        return ""
    waits = Alert.objects.filter(identifier=message.alert, acknowledged_at=None).exclude(fired_at=None).exists()
    return links.acknowledge(message.alert, contact.uid) if waits else ""


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
