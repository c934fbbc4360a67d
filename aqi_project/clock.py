"""Times. Inside the project they are aware and in UTC; MongoDB's own documents hold naive UTC."""

from datetime import UTC, datetime, timedelta

from django.utils.translation import ngettext

MILLISECOND = timedelta(milliseconds=1)  # to which the database keeps times
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def now() -> datetime:
    return datetime.now(UTC)


def naive(at: datetime) -> datetime:
    """As a MongoDB document holds it."""
    return at.astimezone(UTC).replace(tzinfo=None)


def aware(at: datetime) -> datetime:
    """A document's time, made aware."""
    return at.replace(tzinfo=UTC)


def span_words(length: timedelta) -> str:
    """“1 hour”, “5 minutes”, “2 days”: the largest unit that leaves nothing over."""
    if length >= DAY and not length % DAY:
        return ngettext("%(count)d day", "%(count)d days", length // DAY) % {"count": length // DAY}
    if length >= HOUR and not length % HOUR:
        return ngettext("%(count)d hour", "%(count)d hours", length // HOUR) % {"count": length // HOUR}
    if length >= MINUTE and not length % MINUTE:
        return ngettext("%(count)d minute", "%(count)d minutes", length // MINUTE) % {"count": length // MINUTE}
    seconds = round(length.total_seconds())
    return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
