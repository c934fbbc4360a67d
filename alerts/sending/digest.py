"""One summary instead of many messages, for those who asked for it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Min

from alerts.channels.sms import BETWEEN
from alerts.models import Contact, Delivery, Message
from alerts.sending import outbox
from aqi_project import clock
from aqi_project.try_each import try_each

DAY, WEEK = timedelta(days=1), timedelta(days=7)
MONDAY = 0
SUBJECT = {"en": "Air alerts: {count} in your summary", "ur": "فضائی اطلاعات: خلاصے میں {count}"}


def send_digests(now: datetime | None = None) -> int:
    """Put what is held back into summaries that are due; returns how many summaries that were."""
    now = now or clock.now()
    held = Delivery.objects.filter(state=Delivery.State.HELD)
    grouped = held.order_by("contact", "channel").values_list("contact", "channel")
    waits = list(grouped.annotate(since=Min("created_at")))
    contacts = {contact.uid: contact for contact in Contact.objects.filter(uid__in=[uid for uid, _, _ in waits])}
    gone = {uid for uid, _, _ in waits} - set(contacts)
    held.filter(contact__in=gone).update(state=Delivery.State.QUEUED)  # sending refuses what has no contact any more
    known = [(contacts[uid], kind, since) for uid, kind, since in waits if uid in contacts]
    return sum(try_each(known, lambda one: _digest(*one, now)))


def slot_before(contact: Contact, now: datetime) -> datetime:
    """The last moment at which the contact wanted a summary; now where it no longer wants any.

    An hour that comes twice when the clocks change counts the first time.
    """
    if contact.digest == Contact.Digest.NONE:
        return now
    local = now.astimezone(ZoneInfo(contact.timezone))
    slot = local.replace(hour=contact.digest_hour, minute=0, second=0, microsecond=0, fold=0)
    if contact.digest == Contact.Digest.WEEKLY:
        slot -= DAY * ((slot.weekday() - MONDAY) % 7)
    step = DAY if contact.digest == Contact.Digest.DAILY else WEEK
    return slot if slot <= local else slot - step


def _digest(contact: Contact, kind: str, since: datetime, now: datetime) -> bool:
    """Make the summary of what is held since then, if it is due.

    Safe to die anywhere: its identity is channel and slot, and rows are marked after it is in the outbox.

    What it does not hold, because it came while it was made or later, waits for the next one.
    """
    slot = slot_before(contact, now)
    if since >= slot:
        return False
    mine = Delivery.objects.filter(contact=contact.uid, channel=kind, state=Delivery.State.HELD, created_at__lt=slot)
    held = list(mine.order_by("created_at"))
    if not held:
        return False
    message = _message(contact, kind, slot, held)
    outbox.write_deliveries(message, {contact.uid: (contact, {kind})})
    told = mine.filter(reference__in=message.facts["held"])
    return told.update(state=Delivery.State.DIGESTED, provider_id=message.identifier) > 0


def _message(contact: Contact, kind: str, slot: datetime, held: list[Delivery]) -> Message:
    """One per contact, channel and slot: a rule may speak through some channels only. It keeps what it is made of."""
    found = {
        message.identifier: message for message in Message.objects.filter(identifier__in=[d.message for d in held])
    }
    told = [found[row.message] for row in held if row.message in found]
    words = {}
    for language, subject in SUBJECT.items():
        words[f"subject_{language}"] = subject.format(count=len(told))
        texts = [f"{message.subject_in(language)}\n{message.text_in(language)}" for message in told]
        words[f"text_{language}"] = BETWEEN.join(texts)
    identifier = f"digest-{kind}-{contact.uid}-{slot.astimezone(UTC):%Y%m%d%H}"
    values = {"kind": Message.Kind.DIGEST, "queued_at": clock.now(), "facts": {"held": [d.reference for d in held]}}
    values |= {"severity": max((message.severity for message in told), default=1), **words}
    return Message.objects.get_or_create(identifier=identifier, defaults=values)[0]
