"""When a delivery is due: at once, after the quiet hours, or with the digest."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.models import Contact, Delivery, Message
from detection.models import Severity

PASSES_QUIET = Severity.EXTREME  # a hazardous alert wakes people up
ABOUT_ALERTS = (Message.Kind.ALERT, Message.Kind.UPDATE, Message.Kind.CANCEL)
SILENT_CHANNELS = ("inapp", "webhook")  # they wake nobody


def first_attempt(contact: Contact, message: Message, kind: str, now: datetime) -> tuple[str, datetime]:
    """The state in which a delivery starts, and when it is due."""
    if message.kind not in ABOUT_ALERTS or kind in SILENT_CHANNELS or message.severity >= PASSES_QUIET:
        return Delivery.State.QUEUED, now
    if contact.digest != Contact.Digest.NONE:
        return Delivery.State.HELD, now
    return Delivery.State.QUEUED, quiet_end(contact, now) or now


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
