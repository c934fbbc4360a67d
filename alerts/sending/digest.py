"""One summary instead of many messages, for those who asked for it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.guard import each
from alerts.models import Contact, Delivery, Message
from alerts.sending import outbox
from aqi_project import clock

DAY, WEEK = timedelta(days=1), timedelta(days=7)
MONDAY = 0
SUBJECT = {"en": "Air alerts: {count} in your summary", "ur": "فضائی اطلاعات: خلاصے میں {count}"}


def send_digests(now: datetime | None = None) -> int:
    """Put what is held back into summaries that are due; returns how many summaries that were."""
    now = now or clock.now()
    held = Delivery.objects.filter(state=Delivery.State.HELD)
    pairs = sorted(set(held.values_list("contact", "channel")))
    contacts = {contact.uid: contact for contact in Contact.objects.filter(uid__in=[uid for uid, _ in pairs])}
    due = [(contacts[uid], kind, slot_before(contacts[uid], now)) for uid, kind in pairs if uid in contacts]
    return each(due, lambda one: _digest(*one))


def slot_before(contact: Contact, now: datetime) -> datetime:
    """The last moment at which the contact wanted a summary; now where it no longer wants any."""
    if contact.digest == Contact.Digest.NONE:
        return now
    local = now.astimezone(ZoneInfo(contact.timezone))
    slot = local.replace(hour=contact.digest_hour, minute=0, second=0, microsecond=0)
    if contact.digest == Contact.Digest.WEEKLY:
        slot -= DAY * ((slot.weekday() - MONDAY) % 7)
    step = DAY if contact.digest == Contact.Digest.DAILY else WEEK
    return slot if slot <= local else slot - step


def _digest(contact: Contact, kind: str, slot: datetime) -> bool:
    """Safe to die anywhere: the summary's identity is its slot, and rows are marked after it is in the outbox."""
    mine = Delivery.objects.filter(contact=contact.uid, channel=kind, state=Delivery.State.HELD, created_at__lt=slot)
    held = list(mine.order_by("created_at"))
    if not held:
        return False
    told = {message.identifier: message for message in Message.objects.filter(identifier__in=[d.message for d in held])}
    message = _message(contact, slot, [told[row.message] for row in held if row.message in told])
    outbox.write_deliveries(message, {contact.uid: (contact, {kind})})
    mine.update(state=Delivery.State.DIGESTED, provider_id=message.identifier)
    return True


def _message(contact: Contact, slot: datetime, told: list[Message]) -> Message:
    """One per contact and slot, whichever channel comes first."""
    words = {}
    for language, subject in SUBJECT.items():
        words[f"subject_{language}"] = subject.format(count=len(told))
        words[f"text_{language}"] = "\n\n".join(message.text_in(language) for message in told)
    identifier = f"digest-{contact.uid}-{slot.astimezone(ZoneInfo(contact.timezone)):%Y%m%d%H}"
    severity = max((message.severity for message in told), default=1)
    values = {"kind": Message.Kind.DIGEST, "severity": severity, "queued_at": clock.now(), **words}
    return Message.objects.get_or_create(identifier=identifier, defaults=values)[0]
