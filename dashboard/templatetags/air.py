"""Small helpers of the templates."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aqi_project import clock
from aqi_project.clock import span_words
from aqi_project.numerals import significant
from dashboard import poll_errors, sources
from dashboard.addresses import station_url
from dashboard.city import now
from dashboard.numbers import number_text, range_text
from dashboard.outlets import headline
from dashboard.sources import Source
from dashboard.times import age_text, day_text, moment_text
from detection.models import Anomaly
from ingestion.models import City, Station, Variable
from ingestion.stations.alphabet import by_name

register = template.Library()
register.filter(by_name)
register.filter(headline)


@register.filter
def number(value: float | None, variable: Variable | None = None) -> str:
    return number_text(value, variable)


@register.simple_tag
def number_range(low: float, high: float, variable: Variable | None = None) -> str:
    return range_text(low, high, variable)


@register.filter
def whole(value: float) -> int:
    return round(value)


@register.filter
def size(value: float) -> float:
    """Without its sign."""
    return abs(value)


@register.filter
def percent(share: float) -> str:
    """For CSS: a point, never a comma."""
    return f"{100 * share:.1f}%"


@register.filter
def name_of(thing: City | Station | Variable) -> str:
    """The name in the active language."""
    if isinstance(thing, City | Station):
        return thing.name_in(get_language() or "en")
    return now.variable_name(thing)


@register.simple_tag
def other_languages() -> list[tuple[str, str]]:
    """Code and name, in their own words, of the languages that the page could be read in as well."""
    return [(code, name) for code, name in settings.LANGUAGES if code != get_language()]


@register.filter
def kind_of(event: Anomaly) -> str:
    """As readers know it: what falls is no spike to them, nor is a value that is usual after a leap either way."""
    if event.kind != Anomaly.Kind.SPIKE or event.lower is None or event.upper is None or event.value > event.upper:
        return event.get_kind_display()
    return _("Sudden drop") if event.value < event.lower else _("Sudden change")


@register.filter
def explanation_of(event: Anomaly) -> str:
    return event.explanation_ur if get_language() == "ur" and event.explanation_ur else event.explanation


@register.filter
def what_went_wrong(station: Station) -> str:
    return poll_errors.what_went_wrong(station)


@register.filter
def moment_at(at: datetime, station: Station) -> str:
    return moment_text(at, station.zone)


@register.simple_tag
def station_address(station: Station, name: str = "station") -> str:
    return station_url(station, name)


@register.filter
def source_of_station(station: Station) -> Source:
    return sources.source_of_station(station)


@register.simple_tag
def event_address(station: Station, event: Anomaly) -> str:
    return station_url(station, "event", event=event.pk)


@register.simple_tag
def tabs(station: Station) -> list[dict[str, object]]:
    """The pages about one station, in the order in which people want them."""
    return [
        {"name": name, "url": station_url(station, page), "first": page == "station"}
        for page, name in (
            ("station", _("Now")),
            ("events", _("Unusual events")),
            ("history", _("History")),
            ("explore", _("Explore")),
            ("model", _("Forecasts and model")),
            ("data", _("Data")),
        )
    ]


@register.simple_tag
@lru_cache
def stylesheet() -> SafeString:
    """The one stylesheet, written into the page: the number is readable after a single round trip."""
    path = finders.find("css/air.css")
    return mark_safe(Path(path).read_text(encoding="utf-8"))  # noqa: S308 (our own file)


@register.filter
def day_at(at: datetime, station: Station) -> str:
    return day_text(at, station.zone)


@register.filter
def figure(value: object) -> str:
    """A metric: three digits of a number, anything else as it is."""
    return significant(value) if isinstance(value, float) else str(value)


@register.filter
def span(length: timedelta) -> str:
    return span_words(length)


@register.filter
def since(moment: datetime) -> str:
    return age_text(clock.now() - moment)


@register.filter
def roughly(length: timedelta) -> str:
    """In whole minutes."""
    return span_words(timedelta(minutes=length // timedelta(minutes=1)))


@register.inclusion_tag("dashboard/parts/choose.html")
def choose(name: str, label: str, options: Iterable[Any], chosen: object, nothing: str = "") -> dict[str, object]:
    """A list to choose from, of variables, numbers or (code, text); `nothing`: what it means to choose none of them."""
    listed = [(str(code), text) for code, text in map(_choice, options)]
    return {"name": name, "label": label, "options": listed, "chosen": str(chosen), "nothing": nothing}


def _choice(option: Any) -> tuple[object, object]:
    if isinstance(option, Variable):
        return option.code, name_of(option)
    return option if isinstance(option, tuple) else (option, option)
