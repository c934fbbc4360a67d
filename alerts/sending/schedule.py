"""When a delivery is due: at once, after the quiet hours, or with the digest."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.channels import channel
from alerts.models import Contact, Delivery, Message
from detection.models import Severity

PASSES_QUIET = Severity.EXTREME  # a hazardous alert wakes people up
ABOUT_ALERTS = (Message.Kind.ALERT, Message.Kind.UPDATE, Message.Kind.CANCEL)


def first_attempt(contact: Contact, message: Message, kind: str, now: datetime) -> tuple[str, datetime]:
    """The state in which a delivery starts, and when it is due."""
    if message.kind not in ABOUT_ALERTS or channel(kind).is_silent:
        return Delivery.State.QUEUED, now
    if message.severity < PASSES_QUIET and contact.digest != Contact.Digest.NONE:
        return Delivery.State.HELD, now
    until = quiet_end(contact, now)
    if until is None or _wakes(contact, message, kind, until):
        return Delivery.State.QUEUED, now
    return Delivery.State.QUEUED, until


def _wakes(contact: Contact, message: Message, kind: str, until: datetime) -> bool:
    """Whether it comes through in quiet hours: what is extreme does, its end only to those whom it woke in them."""
    if message.severity < PASSES_QUIET or message.kind != Message.Kind.CANCEL:
        return message.severity >= PASSES_QUIET
    told = Delivery.objects.filter(alert=message.alert, contact=contact.uid, channel=kind, severity__gte=PASSES_QUIET)
    return told.filter(created_at__gte=_quiet_start(contact, until)).exists()


def _quiet_start(contact: Contact, until: datetime) -> datetime:
    """When the quiet hours began that end then."""
    start = datetime.combine(until.date(), contact.quiet_from, until.tzinfo)
    return start if start < until else start - timedelta(days=1)


def quiet_end(contact: Contact, now: datetime) -> datetime | None:
    """When the contact's quiet hours end; None outside of them."""
    if contact.quiet_from is None or contact.quiet_to is None or contact.quiet_from == contact.quiet_to:
        return None
    local = now.astimezone(ZoneInfo(contact.timezone))
    if not _within(local.time(), contact.quiet_from, contact.quiet_to):
        return None
    until = contact.quiet_to
    end = local.replace(hour=until.hour, minute=until.minute, second=until.second, microsecond=until.microsecond)
    return end if end > local else end + timedelta(days=1)


def _within(at: time, start: time, end: time) -> bool:
    """Whether a wall time lies in hours that may reach over midnight."""
    return start <= at < end if start < end else at >= start or at < end
