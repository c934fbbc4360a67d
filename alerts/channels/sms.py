"""SMS through the gateway of SMS_URL: Twilio, or any gateway that Apprise knows.

SMS_URL is an address of Apprise's with `{to}` for the number, `{id}` for our reference and `{receipt}` for the signed
address to which the gateway reports, such as `form://gateway.example/send?:to={to}&:callback={receipt}`. Twilio
(`twilio://SID:TOKEN@+15550001111/{to}`) is asked directly, because only then is its identifier of the message known,
to which its receipts refer.
"""

import json
from contextlib import suppress
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings

from alerts import links
from alerts.channels.apprise import notify
from alerts.channels.base import Channel, ChannelError
from alerts.channels.http import post
from alerts.channels.sms_parts import slim, sms_parts
from alerts.models import Contact, Delivery, Message

TWILIO = "twilio"
BETWEEN = "\n\n"  # the messages of a digest


class SmsChannel(Channel):
    def address(self, contact: Contact) -> str:
        return contact.phone if contact.phone_verified_at and settings.SMS_URL else ""

    def words(self, message: Message, contact: Contact) -> dict[str, Any]:
        """Subject and first line, which in a digest is each message's subject: what follows is for longer media."""
        text = message.text_in(contact.language)
        told = text.split(BETWEEN) if message.kind == Message.Kind.DIGEST else [text]
        text = slim("\n".join([message.subject_in(contact.language), *(one.partition("\n")[0] for one in told)]))
        return {"subject": "", "text": text, "parts": sms_parts(text)}

    def send(self, delivery: Delivery) -> str:
        if not settings.SMS_URL:
            raise ChannelError("SMS_URL is not set: there is no gateway for SMS.", permanent=True)
        if urlsplit(settings.SMS_URL).scheme == TWILIO:
            return _twilio(delivery)
        notify(_address(delivery), "", delivery.text)
        return delivery.reference


def _address(delivery: Delivery) -> str:
    """SMS_URL with what this delivery needs in its place."""
    reference = delivery.reference
    words = {"{to}": delivery.address, "{id}": reference, "{receipt}": links.receipt(reference)}
    url: str = settings.SMS_URL
    for mark, value in words.items():
        url = url.replace(mark, quote(value, safe=""))
    return url


def _twilio(delivery: Delivery) -> str:
    """The message's SID. Its state comes later, to the status callback."""
    account, secret, sender = twilio_account()
    told = post(
        f"{settings.TWILIO_API_URL}/2010-04-01/Accounts/{account}/Messages.json",
        auth=(account, secret),
        headers={"I-Twilio-Idempotency-Token": delivery.reference},
        data={
            "From": sender,
            "To": delivery.address,
            "Body": delivery.text,
            "StatusCallback": callback_url(delivery.reference),
        },
    )
    with suppress(ValueError, TypeError, KeyError):  # it has taken the message, whatever it says of it
        return str(json.loads(told)["sid"])
    return delivery.reference


def twilio_account() -> tuple[str, str, str]:
    """Account SID, auth token and sender out of SMS_URL."""
    parts = urlsplit(settings.SMS_URL)
    credentials, _, sender = parts.netloc.rpartition("@")
    account, _, secret = credentials.partition(":")
    return unquote(account), unquote(secret), unquote(sender)


def callback_url(reference: str) -> str:
    return links.address("twilio", reference)
