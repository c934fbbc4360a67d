"""Small helpers of the templates."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from dashboard import now, views
from dashboard.times import moment_text
from detection.models import Anomaly
from ingestion.models import Station, Variable

register = template.Library()


@register.filter
def number(value: float | None) -> str:
    return now.number_text(value)


@register.filter
def name_of(thing: Station | Variable) -> str:
    """The name in the active language."""
    if isinstance(thing, Station):
        return thing.name_in(get_language() or "en")
    return now.variable_name(thing)


@register.filter
def explanation_of(event: Anomaly) -> str:
    return event.explanation_ur if get_language() == "ur" and event.explanation_ur else event.explanation


@register.filter
def moment_at(at: datetime, station: Station) -> str:
    return moment_text(at, station.zone)


@register.simple_tag
def station_address(station: Station, name: str = "station") -> str:
    return views.station_url(station, name)


@register.simple_tag
@lru_cache
def stylesheet() -> SafeString:
    """The one stylesheet, written into the page: the number is readable after a single round trip."""
    path = finders.find("css/air.css")
    return mark_safe(Path(path).read_text(encoding="utf-8"))  # noqa: S308 (our own file)
