"""The admin's answer to "What would this have done?", for a rule or a series whose form is not saved yet."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.admin import ModelAdmin
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alerts.models import Rule
from alerts.places import Place, places_of
from alerts.rehearsal.chart import Chart, chart
from alerts.rehearsal.rule import SPAN, Rehearsal, rehearse
from alerts.rehearsal.series import rehearse_series
from alerts.sending import texts
from detection.models import Series
from ingestion.models import Station, Variable
from ingestion.stations.present import present

MOST_PLACES = 5  # shown on one page
MOST_DAYS = 1_100


@dataclass(frozen=True)
class Shown:
    """One place on the page, with times in its zone. `measure`: what the line shows, with its unit."""

    name: str
    measure: str
    zone: ZoneInfo
    result: Rehearsal
    chart: Chart


def answer(admin: "ModelAdmin[Any]", request: HttpRequest) -> HttpResponse:
    """The page, or what is wrong with the form."""
    key = request.GET.get("saved")
    saved = admin.get_object(request, key) if key else None
    form = admin.get_form(request, saved, change=saved is not None)(request.POST, instance=saved)
    started = time.perf_counter()
    valid = form.is_valid()
    replayed = _series_results if admin.model is Series else _results
    results = replayed(form.instance, _span(request)) if valid else []
    context = {
        **admin.admin_site.each_context(request),
        "title": _("What would this have done?"),
        "errors": _named(form),
        "results": results,
        "is_series": admin.model is Series,
        "places": len(places_of(form.instance)) if valid and admin.model is Rule else 0,
        "most": MOST_PLACES,
        "words": texts.preview(form.instance) if valid and admin.model is Rule else None,
        "seconds": f"{time.perf_counter() - started:.1f}",
    }
    return TemplateResponse(request, "alerts/admin/rehearsal.html", context)


def _span(request: HttpRequest) -> timedelta:
    try:
        days = int(request.POST.get("rehearse_days", ""))
    except ValueError:  # no number, or one of more digits than Python reads
        return SPAN
    return timedelta(days=min(max(days, 1), MOST_DAYS))


def _results(rule: Rule, span: timedelta) -> list[Shown]:
    return [_result(rule, place, span) for place in places_of(rule)[:MOST_PLACES]]


def _result(rule: Rule, place: Place, span: timedelta) -> Shown:
    until = max(present(station) for station in place.stations)
    result = rehearse(rule, place, until - span, until)
    limits = [float(limit) for limit in rule.limits] if rule.needs("limits") else []
    return Shown(place.name_in(_language()), _measure(rule.variable), place.zone, result, chart(result, limits))


def _series_results(series: Series, span: timedelta) -> list[Shown]:
    station = Station.objects.filter(slug=series.station).first()
    if station is None:
        return []
    until = present(station)
    result = rehearse_series(series, station, until - span, until)
    limits = [limit for limit in (series.hard_min, series.hard_max) if limit is not None]
    name = station.name_in(_language())
    return [Shown(name, _measure(series.variable), station.zone, result, chart(result, limits))]


def _measure(code: str) -> str:
    variable = Variable.objects.filter(code=code).first()
    name = texts.measure_name(variable, code, _language())
    return f"{name}, {variable.unit}" if variable and variable.unit else name


def _language() -> str:
    return get_language() or "en"


def _named(form: BaseForm) -> list[tuple[str, list[str]]]:
    """The sentences of each field that is wrong, by the field's name on the page."""
    labels = {name: field.label or name for name, field in form.fields.items()}
    return [(labels.get(name, ""), sentences) for name, sentences in form.errors.items()]
