"""Double opt-in: nothing is stored of an address before its owner has answered.

Everything that a confirmation needs travels in its signed token, so the form does the same work for a known address
as for an unknown one, and cannot tell them apart.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac

from alerts import links
from alerts.channels.sms_parts import sms_parts
from alerts.models import Contact, Delivery, Message, Subscription
from alerts.models.people import LANGUAGES, new_identifier
from alerts.people.phone_numbers import western
from alerts.people.ratelimit import allow
from alerts.sending import outbox
from aqi_project import clock

SALT = "alerts.people.optin"
VALID_FOR = timedelta(days=2)
CODE_DIGITS = 6
CODE_VALID_FOR = timedelta(minutes=30)
CODE_TRIES = 5
MAILS_PER_ADDRESS = 3
ADDRESS_WINDOW = timedelta(hours=1)
TRIES_PER_VISITOR = 10
VISITOR_WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class Wish:
    """What somebody asked for, until it is confirmed."""

    address: str
    place: str
    severity: int
    language: str

    @property
    def channel(self) -> str:
        return "email" if "@" in self.address else "sms"


def may_ask(visitor: str) -> bool:
    """Whether a visitor, by network address, has not asked too often; counts this time."""
    return allow(f"visitor|{visitor}", TRIES_PER_VISITOR, VISITOR_WINDOW)


def ask(wish: Wish) -> str:
    """Send the question to the address; the token that an SMS code needs. Floods of one address are swallowed."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    token = signing.dumps({**asdict(wish), "code": _sealed(code, wish) if wish.channel == "sms" else ""}, salt=SALT)
    if allow(f"address|{wish.address}", MAILS_PER_ADDRESS, ADDRESS_WINDOW):
        _send(wish, token, code)
    return token


def _sealed(code: str, wish: Wish) -> str:
    """So that the token in the page does not give the code away."""
    return salted_hmac(SALT, f"{code}|{wish.address}", algorithm="sha256").hexdigest()


def _send(wish: Wish, token: str, code: str) -> None:
    identifier = f"confirm-{new_identifier()}"
    row = Delivery(message=identifier, contact="", channel=wish.channel, kind=Message.Kind.NOTICE)
    row.reference = outbox.reference(identifier, wish.address, wish.channel)
    row.address, row.language = wish.address, wish.language
    context = {"link": links.address("confirm", token), "code": code, "site": settings.SITE_URL}
    with translation.override(wish.language):
        row.subject = render_to_string("alerts/mail/confirm_subject.txt", context).strip()
        row.text = render_to_string(f"alerts/mail/confirm_{wish.channel}.txt", context).strip()
    row.parts = sms_parts(row.text) if wish.channel == "sms" else 0
    row.save(force_insert=True)


def read(token: str, valid_for: timedelta = VALID_FOR) -> tuple[Wish, str] | None:
    """The wish and the sealed code; None where the token is not ours or too old."""
    try:
        values: dict[str, Any] = signing.loads(token, salt=SALT, max_age=valid_for)
    except signing.BadSignature:
        return None
    code = values.pop("code")
    return Wish(**values), code


def right_code(token: str, code: str) -> Wish | None:
    """The wish, if the code is right and not too many were tried."""
    found = read(token, CODE_VALID_FOR)
    if not found or not allow(f"code|{found[0].address}", CODE_TRIES, CODE_VALID_FOR):
        return None
    wish, sealed = found
    return wish if constant_time_compare(_sealed(western(code.strip()), wish), sealed) else None


def stop(contact: Contact) -> None:
    """Send nothing more, until the owner of the address asks again."""
    Contact.objects.filter(pk=contact.pk).update(is_active=False)


def confirm(wish: Wish) -> Contact:
    """Write the contact and the subscription; again, and nothing changes.

    Who had stopped everything comes back for this place alone.
    """
    field = "email" if wish.channel == "email" else "phone"
    now = clock.now()
    language = wish.language if wish.language in dict(LANGUAGES) else "en"  # a page may speak what no message does
    values = {"kind": Contact.Kind.CITIZEN, "language": language, field: wish.address, f"{field}_verified_at": now}
    contact, _ = Contact.objects.get_or_create(handle=f"citizen:{wish.address}", defaults=values)
    if not contact.is_active:
        Subscription.objects.filter(contact=contact).update(is_active=False)
        Contact.objects.filter(pk=contact.pk).update(is_active=True)
    chosen = {"min_severity": wish.severity, "is_active": True, "channels": [wish.channel]}
    Subscription.objects.update_or_create(contact=contact, place=wish.place, rule="", defaults=chosen)
    if wish.channel == "sms":
        _tell_the_way_out(contact)
    return contact


def _tell_the_way_out(contact: Contact) -> None:
    """By an SMS of its own and once: in each alert the link would cost more than the news."""
    key = {"message": f"way-out-{contact.uid}", "contact": contact.uid, "channel": "sms"}
    row = {"kind": Message.Kind.NOTICE, "address": contact.phone, "language": contact.language}
    with translation.override(contact.language):
        link = links.unsubscribe(contact.uid)
        row["text"] = render_to_string("alerts/mail/way_out_sms.txt", {"link": link}).strip()
    row |= {"parts": sms_parts(row["text"]), "reference": outbox.reference(*key.values())}
    Delivery.objects.get_or_create(**key, defaults=row)
