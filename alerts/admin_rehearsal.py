"""The admin's answer to "What would this have done?", for a rule that is not saved yet."""

import time
from datetime import timedelta
from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from alerts.models import Rule
from alerts.places import places_of
from alerts.rehearsal import SPAN, rehearse
from alerts.rehearsal_chart import chart
from ingestion import replay

MOST_PLACES = 5  # shown on one page
MOST_DAYS = 1_100


def answer(admin: "ModelAdmin[Rule]", request: HttpRequest) -> HttpResponse:
    """The page, or what is wrong with the form."""
    saved = Rule.objects.filter(pk=request.GET["rule"]).first() if request.GET.get("rule") else None
    form = admin.get_form(request, saved, change=saved is not None)(request.POST, instance=saved)
    started = time.perf_counter()
    valid = form.is_valid()
    results = _results(form.instance, _span(request)) if valid else []
    context = {
        **admin.admin_site.each_context(request),
        "title": _("What would this have done?"),
        "errors": form.errors,
        "results": results,
        "seconds": f"{time.perf_counter() - started:.1f}",
    }
    return TemplateResponse(request, "alerts/admin/rehearsal.html", context)


def _span(request: HttpRequest) -> timedelta:
    text = request.POST.get("rehearse_days", "")
    return timedelta(days=min(max(int(text), 1), MOST_DAYS)) if text.isdecimal() else SPAN


def _results(rule: Rule, span: timedelta) -> list[tuple[Any, Any]]:
    found = []
    for place in places_of(rule)[:MOST_PLACES]:
        until = max(replay.present(station) for station in place.stations)
        result = rehearse(rule, place, until - span, until)
        found.append((result, chart(result, [float(limit) for limit in rule.limits])))
    return found
