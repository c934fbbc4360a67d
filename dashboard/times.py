"""Times as people say them, in the station's own zone."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from aqi_project import clock
from aqi_project.clock import DAY, HOUR, MINUTE, time_of_day

JUST_NOW = timedelta(seconds=90)
DAY_FORMAT = "D j M"
FAR = timedelta(days=300)  # from now: without its year such a day would be taken for another one


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone)


def clock_text(moment: datetime, zone: ZoneInfo) -> str:
    """“4 pm”, with minutes only where there are some."""
    return time_of_day(local(moment, zone))


def day_text(moment: datetime, zone: ZoneInfo) -> str:
    """“Sat 21 Nov”; “Fri 21 Nov 2025” where that is long ago."""
    return _day_words(moment, zone, _is_far(moment))


def _is_far(moment: datetime) -> bool:
    return abs(clock.now() - moment) > FAR


def _day_words(moment: datetime, zone: ZoneInfo, is_far: bool) -> str:
    return date_format(local(moment, zone).date(), f"{DAY_FORMAT} Y" if is_far else DAY_FORMAT)


def moment_text(moment: datetime, zone: ZoneInfo) -> str:
    """“Sat 21 Nov, 4 pm”"""
    return _moment_words(moment, zone, _is_far(moment), get_language() or "en")


@lru_cache(2000)
def _moment_words(moment: datetime, zone: ZoneInfo, is_far: bool, language: str) -> str:
    """Kept, because a page names a hundred hours, and the next one nearly all of them again."""
    return _("%(day)s, %(hour)s") % {"day": _day_words(moment, zone, is_far), "hour": clock_text(moment, zone)}


def span_text(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """“1 pm to 4 pm”"""
    return _("%(start)s to %(end)s") % {"start": clock_text(start, zone), "end": clock_text(end, zone)}


def season_text(moment: datetime, zone: ZoneInfo) -> str:
    """“November evenings”: with what a value of that moment is compared."""
    at = local(moment, zone)
    month = {"month": MONTHS[at.month]}
    if at.hour < 5 or at.hour >= 21:
        return _("%(month)s nights") % month
    if at.hour < 12:
        return _("%(month)s mornings") % month
    if at.hour < 17:
        return _("%(month)s afternoons") % month
    return _("%(month)s evenings") % month


def age_text(age: timedelta) -> str:
    """“5 minutes ago”"""
    if age < JUST_NOW:
        return _("just now")
    if age < HOUR - MINUTE / 2:  # what rounds to 60 minutes is an hour, as the page's script has it
        count = round(age / MINUTE)
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", count) % {"count": count}
    if age < 2 * DAY:
        count = round(age / HOUR)
        return ngettext("%(count)d hour ago", "%(count)d hours ago", count) % {"count": count}
    return days_ago(age // DAY) % {"count": age // DAY}


def days_ago(count: int) -> str:
    """A sentence that waits for its `count`. Browsers' own Urdu declines days as ours does not."""
    return ngettext("%(count)d day ago", "%(count)d days ago", count)
