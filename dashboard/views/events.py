"""Unusual events: the list with its filters, one event, the table and the feed."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.syndication.views import Feed
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from aqi_project.web.csv_response import as_csv
from dashboard.addresses import station_url
from dashboard.city.chart import COLUMNS as COLUMNS_OF_CHART
from dashboard.city.chart import Chart
from dashboard.city.expected import usual_then
from dashboard.city.readings import rows_between
from dashboard.detectors import votes_of
from dashboard.filters import EventFilter
from dashboard.refusals import unknown_pollutant
from dashboard.templatetags.air import event_address, explanation_of, kind_of, name_of
from detection.models import Anomaly
from ingestion.models import Station, Variable
from ingestion.stations.status import status

PAGE_SIZE = 20
FEED_SIZE = 30
AROUND = timedelta(hours=24)  # shown before and after an event
LONGEST_CHART = timedelta(days=14)
SIMILAR = 5
COLUMNS = ("start", "end", "series", "kind", "severity", "value", "expected", "lower", "upper", "score",
           "days_between", "record_days", "is_fault", "review", "explanation")  # fmt: skip


@require_safe
@never_cache
def event_list(request: HttpRequest, station: Station) -> HttpResponse:
    """Newest first; `before` (ISO time) leads to older ones."""
    chosen = EventFilter.of(request.GET, events_of(station))
    found, older = _newest(chosen.apply(events_of(station)).order_by("-start"))
    context = {
        "station": station,
        "events": found,
        "older": older,
        "filter": chosen,
        "of_air": _is_of_air(station, chosen),
    }
    return render(request, "dashboard/events.html", context)


def _is_of_air(station: Station, chosen: EventFilter) -> bool:
    """Whether any of its events is of a pollutant; before the first one a machine is told by its lack of a city."""
    return any(one.is_pollutant for one in chosen.variables) if chosen.variables else bool(station.city)


def _newest(events: QuerySet[Anomaly]) -> tuple[list[Anomaly], str]:
    """The first page, and where the next one starts. Events that began together are not parted: one hour opens many."""
    found = list(events[: PAGE_SIZE + 1])
    if len(found) <= PAGE_SIZE:
        return found, ""
    last = found[PAGE_SIZE - 1].start
    older = last.isoformat() if events.filter(start__lt=last).exists() else ""
    return list(events.filter(start__gte=last)), older


@require_safe
def event_csv(request: HttpRequest, station: Station) -> HttpResponse:
    """What the filters leave, as a table; times in ISO UTC."""
    if refused := unknown_pollutant(request, station, Variable.objects.values_list("code", flat=True)):
        return refused
    found = EventFilter.of(request.GET, events_of(station)).apply(events_of(station)).order_by("start")
    return as_csv(f"{station.slug}-events", COLUMNS, ([getattr(event, name) for name in COLUMNS] for event in found))


@require_safe
@never_cache
def event(request: HttpRequest, station: Station, event: str) -> HttpResponse:
    found = _event_or_404(station, event)
    variable = _variable_of(found)
    context = {
        "station": station,
        "event": found,
        "variable": variable,
        "unit": variable.unit if variable else "",
        "lasts": found.end is None and status(station) != "silent",  # of a silent station nobody knows
        "chart": event_chart(station, found, variable),
        "votes": votes_of(found),
        "similar": similar_events(station, found),
    }
    return render(request, "dashboard/event.html", context)


@require_safe
def event_chart_csv(request: HttpRequest, station: Station, event: str) -> HttpResponse:
    found = _event_or_404(station, event)
    chart = event_chart(station, found, _variable_of(found))
    name = f"{station.slug}-{found.variable}-{found.start:%Y-%m-%dT%HZ}"
    return as_csv(name, COLUMNS_OF_CHART, chart.table() if chart else [])


def events_of(station: Station) -> QuerySet[Anomaly]:
    return Anomaly.objects.filter(station=station.slug)


def _variable_of(event: Anomaly) -> Variable | None:
    return Variable.objects.filter(code=event.variable).first()


def event_chart(station: Station, event: Anomaly, variable: Variable | None) -> Chart | None:
    """The day before, the event, the day after, with what was usual by the version that judged it; None where the
    readings are gone."""
    end = min(event.last_at + AROUND, event.start + LONGEST_CHART)
    rows = list(rows_between(station, event.start - AROUND, end))
    if not rows or variable is None:
        return None
    band = usual_then(event.series, event.model_version, rows[0].at, rows[-1].at)
    return Chart(station, variable, rows, band, None, [event], timedelta())


def similar_events(station: Station, event: Anomaly) -> list[Anomaly]:
    """Earlier ones of the same series, the most alike in shape and level first."""
    alike = event.details.get("similar")
    if alike is None:  # it was judged without the others, as the rules about broken sensors do
        return _nearest_in_value(station, event)
    order = {datetime.fromisoformat(one["start"]): place for place, one in enumerate(alike)}
    found = events_of(station).filter(series=event.series, start__in=list(order), is_fault=event.is_fault)
    return sorted(found, key=lambda other: order[other.start])[:SIMILAR]


def _nearest_in_value(station: Station, event: Anomaly) -> list[Anomaly]:
    same = events_of(station).filter(variable=event.variable, kind=event.kind, start__lt=event.start)
    return sorted(same.order_by("-start")[:100], key=lambda other: abs(other.value - event.value))[:SIMILAR]


def _event_or_404(station: Station, key: str) -> Anomaly:
    try:
        return events_of(station).get(pk=key)
    except (Anomaly.DoesNotExist, ValidationError, ValueError):
        raise Http404("There is no such event.") from None


class EventFeed(Feed):
    """RSS of a station's unusual events; faults of the sensor are left out."""

    item_guid_is_permalink = False  # it stays the event's own where a station's city changes

    def get_object(self, request: HttpRequest, station: Station) -> Station:
        return station

    def title(self, station: Station) -> str:
        return f"{name_of(station)}: {_('Unusual events')}"

    def link(self, station: Station) -> str:
        return station_url(station, "events")

    def description(self, station: Station) -> str:
        recorded = _("These are recorded hours under the dates of today: they are not the air of these days.")
        return " ".join([_("What was unusual, newest first."), *([recorded] if station.is_recording else [])])

    def items(self, station: Station) -> list[Any]:
        """(station, event, name of what was measured)"""
        names = {variable.code: name_of(variable) for variable in Variable.objects.all()}
        found = events_of(station).filter(is_fault=False).order_by("-start")[:FEED_SIZE]
        return [(station, event, names.get(event.variable, event.variable)) for event in found]

    def item_title(self, item: Any) -> str:
        _, event, measured = item
        return f"{measured}: {kind_of(event)} · {event.get_severity_display()}"

    def item_description(self, item: Any) -> str:
        return explanation_of(item[1])

    def item_link(self, item: Any) -> str:
        return event_address(*item[:2])

    def item_guid(self, item: Any) -> str:
        return reverse("dashboard:home") + str(item[1].pk)

    def item_pubdate(self, item: Any) -> datetime:
        return item[1].start
