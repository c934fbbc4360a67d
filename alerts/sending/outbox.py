"""From messages to deliveries: one row per contact and channel, written before anything is sent."""

import hashlib
import logging
from datetime import datetime, timedelta

from django_q.tasks import async_task
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from alerts.channels import CHANNELS, channel
from alerts.models import Alert, Contact, Delivery, Message, Rule, Subscription
from alerts.places import place_of
from alerts.sending import schedule, sms_quota
from aqi_project import clock
from aqi_project.mongo import DUPLICATE_KEY, collection
from aqi_project.try_each import try_each

REFERENCE_LENGTH = 32
KEEP_TRYING = timedelta(days=1)  # with contacts whose delivery cannot be made; later it would be no news
log = logging.getLogger(__name__)


class NotMadeError(ValueError):
    """Deliveries of a message could not be made; all others are written."""


def queue_messages() -> int:
    """Write the deliveries of messages that have none yet; returns how many messages that were.

    Safe to run twice: a delivery is unique on message, contact and channel, and a message counts as queued only after
    all its deliveries are there.
    """
    waiting = Message.objects.filter(queued_at=None)
    return sum(try_each(list(waiting.order_by("created_at")), _queue))


def send_soon() -> None:
    """Have a worker send what is due."""
    async_task("alerts.tasks.deliver")


def _queue(message: Message) -> int:
    """One message, unless another process was quicker."""
    same = Message.objects.filter(identifier=message.identifier, queued_at=None)
    if not same.exists():
        return 0
    if not message.muted_by:
        _tell(message)
    return same.update(queued_at=clock.now())


def _tell(message: Message) -> None:
    """Write its deliveries. An error leaves it open to the next run, unless it is too old for that."""
    try:
        write_deliveries(message, recipients(message))
    except NotMadeError as error:
        if clock.now() - message.created_at < KEEP_TRYING:
            raise
        log.error("%s It is not tried again.", error)


def reopen(message: Message) -> None:
    """Have those tried again whose delivery could not be made."""
    Message.objects.filter(identifier=message.identifier).update(queued_at=None)


def recipients(message: Message, step: int | None = None) -> dict[str, tuple[Contact, set[str]]]:
    """Contact's uid → contact and channels. `step`: that step of the escalation; else all reached so far."""
    alert = Alert.objects.filter(identifier=message.alert).first()
    places = list(place_of(message.place).audience)
    chosen = Subscription.objects.filter(
        is_active=True, place__in=places, rule__in=["", message.rule], min_severity__lte=message.reach
    )
    reached = alert.step if alert else 0
    chosen = chosen.filter(step=step) if step is not None else chosen.filter(step__lte=reached)
    rule = Rule.objects.filter(slug=message.rule).first()
    allowed, for_citizens = _allowed(rule, message), _is_for_citizens(rule, message)
    found: dict[str, tuple[Contact, set[str]]] = {}
    for subscription in chosen.select_related("contact"):
        contact = subscription.contact
        asked = for_citizens or subscription.rule or contact.kind != Contact.Kind.CITIZEN
        if contact.is_active and asked:
            _, kinds = found.setdefault(contact.uid, (contact, set()))
            kinds |= allowed & set(subscription.channels or CHANNELS)
    return found


def _allowed(rule: Rule | None, message: Message) -> set[str]:
    """The rule's channels; those through which the alert was told where the rule is gone."""
    if rule is None:
        return set(Delivery.objects.filter(alert=message.alert).values_list("channel", flat=True))
    return set(rule.channels or CHANNELS)


def _is_for_citizens(rule: Rule | None, message: Message) -> bool:
    """Whether it is about the air; where the rule is gone, whether a citizen has heard of the alert."""
    if rule is None:
        told = Delivery.objects.filter(alert=message.alert).values_list("contact", flat=True)
        return Contact.objects.filter(kind=Contact.Kind.CITIZEN, uid__in=list(told)).exists()
    return rule.is_about_air


def write_deliveries(message: Message, who: dict[str, tuple[Contact, set[str]]]) -> int:
    """Write the rows that are not there yet; returns how many are new.

    A contact whose row cannot be made holds up nobody: the others' rows are written first, then the error is raised,
    so that the message stays open and the next run tries again.
    """
    there = set(Delivery.objects.filter(message=message.identifier).values_list("contact", "channel"))
    pairs = [(contact, kind) for contact, kinds in who.values() for kind in sorted(kinds)]
    wanted = [(contact, kind) for contact, kind in pairs if (contact.uid, kind) not in there]
    made = try_each(wanted, lambda pair: _told(message, *pair))
    rows = [row for row in made if row is not None]
    new = _bulk_upsert(rows) if rows else 0
    if len(made) != len(wanted):
        raise NotMadeError(f"{len(wanted) - len(made)} deliveries of {message.identifier} could not be made.")
    return new


def _told(message: Message, contact: Contact, kind: str) -> Delivery | None:
    """The row for a contact and channel; None where the contact has no address there."""
    if not channel(kind).address(contact):
        return None
    row = _row(message, contact, kind)
    if row.state == Delivery.State.CAPPED:
        _tell_of_cap(contact)  # before the row: done again after a crash in between, it adds no second notice
    return row


def _bulk_upsert(rows: list[Delivery]) -> int:
    """How many of the rows are new. What another process writes at the same instant is there as well."""
    try:
        written = collection(Delivery).bulk_write([_upsert(row) for row in rows], ordered=False)
    except BulkWriteError as error:
        if any(entry["code"] != DUPLICATE_KEY for entry in error.details["writeErrors"]):
            raise
        return len(error.details["upserted"])
    return len(written.upserted_ids or {})


def _row(message: Message, contact: Contact, kind: str) -> Delivery:
    used = channel(kind)
    row = Delivery(message=message.identifier, contact=contact.uid, channel=kind, **used.words(message, contact))
    row.reference = reference(message.identifier, contact.uid, kind)
    row.address = used.address(contact)
    row.alert, row.kind, row.severity = message.alert, message.kind, message.severity
    row.recipient, row.language = contact.name, contact.language
    now = clock.now()
    row.state, row.next_attempt_at = schedule.first_attempt(contact, message, kind, now)
    if row.parts and row.state == Delivery.State.QUEUED and not sms_quota.fits(contact, row.parts, now):
        row.state = Delivery.State.CAPPED
    return row


def _upsert(row: Delivery) -> UpdateOne:
    key = {name: getattr(row, name) for name in ("message", "contact", "channel")}
    fields = [field for field in Delivery._meta.fields if not field.primary_key and field.attname not in key]
    values = {field.attname: _stored(getattr(row, field.attname)) for field in fields}
    return UpdateOne(key, {"$setOnInsert": values}, upsert=True)


def _tell_of_cap(contact: Contact) -> None:
    kinds = {kind for kind in CHANNELS if kind != "sms"}
    write_deliveries(sms_quota.notice(contact, clock.now()), {contact.uid: (contact, kinds)})


def _stored(value: object) -> object:
    return clock.naive(value) if isinstance(value, datetime) else value


def reference(message: str, contact: str, kind: str) -> str:
    """The same for the same message, contact and channel, on every attempt and every machine."""
    return hashlib.sha256(f"{message}|{contact}|{kind}".encode()).hexdigest()[:REFERENCE_LENGTH]
