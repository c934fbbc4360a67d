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
