"""The time of day as people say it: “4 pm”, “شام 4 بجے”."""

from datetime import datetime
from functools import lru_cache

from django.utils.translation import get_language, pgettext


def time_of_day(at: datetime) -> str:
    """Of a wall clock that shows `at`, in the active language; with minutes only where there are some."""
    return _clock_words(at.hour, at.minute, get_language() or "en")


@lru_cache(3000)
def _clock_words(hour: int, minute: int, language: str) -> str:
    """Kept, because a page says a hundred times of day."""
    twelve = str(hour % 12 or 12) + (f":{minute:02}" if minute else "")
    if hour < 4 or hour >= 20:
        return (_night_early if hour < 4 else _night_late)(twelve)
    if hour < 12:
        return pgettext("clock, morning", "%(hour)s am") % {"hour": twelve}
    if hour < 17:
        return pgettext("clock, afternoon", "%(hour)s pm") % {"hour": twelve}
    return pgettext("clock, evening", "%(hour)s pm") % {"hour": twelve}


def _night_early(twelve: str) -> str:
    return pgettext("clock, night", "%(hour)s am") % {"hour": twelve}


def _night_late(twelve: str) -> str:
    return pgettext("clock, night", "%(hour)s pm") % {"hour": twelve}
