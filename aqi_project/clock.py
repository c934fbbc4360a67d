"""Times: aware and in UTC inside the project, naive UTC in MongoDB's own documents; and how people say them."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.utils.translation import get_language, ngettext, pgettext

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


def iso(at: datetime) -> str:
    """As it stands in files and addresses: 2026-01-31T14:00:00Z. `at` is in UTC."""
    return at.isoformat().replace("+00:00", "Z")


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


def time_of_day(at: datetime) -> str:
    """“4 pm”, “شام 4 بجے”: what a wall clock shows, in the active language; minutes only where there are some."""
    return _clock_words(at.hour, at.minute, get_language() or "en")


@lru_cache(3000)
def _clock_words(hour: int, minute: int, language: str) -> str:
    """Cached, because a page names a hundred times of day."""
    if hour < 4:
        words = pgettext("clock, night", "%(hour)s am")
    elif hour < 12:
        words = pgettext("clock, morning", "%(hour)s am")
    elif hour < 16:
        words = pgettext("clock, afternoon", "%(hour)s pm")
    elif hour < 20:
        words = pgettext("clock, evening", "%(hour)s pm")
    else:
        words = pgettext("clock, night", "%(hour)s pm")
    return words % {"hour": str(hour % 12 or 12) + (f":{minute:02}" if minute else "")}
