"""What an officer does with an alert beside taking it on, and the log of deliveries."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from alerts import desk, inbox
from alerts.channels import CHANNEL_LABELS
from alerts.forms import CommentForm, SilenceForm
from alerts.models import Alert, Delivery
from alerts.views.inbox import for_officers, page_pressed_on
from aqi_project.web.csv_response import as_csv


@require_POST
@for_officers
def comment(request: HttpRequest, identifier: str) -> HttpResponse:
    alert, form = get_object_or_404(Alert, identifier=identifier), CommentForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    desk.comment(alert, form.cleaned_data["text"], request.user.get_username())
    return redirect(page_pressed_on(request))


@require_POST
@for_officers
def silence(request: HttpRequest, identifier: str) -> HttpResponse:
    alert, form = get_object_or_404(Alert, identifier=identifier), SilenceForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    desk.silence(alert, by=request.user.get_username(), **form.cleaned_data)
    return redirect(page_pressed_on(request))


@require_GET
@for_officers
def log(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    rows = [
        (row, desk.recipient(row), CHANNEL_LABELS.get(row.channel, row.channel), desk.subject(row), desk.error(row))
        for row in desk.log(state)[: desk.LOG_LENGTH]
    ]
    context: dict[str, Any] = {"rows": rows, "states": Delivery.State.choices, "state": state}
    return render(request, "alerts/log.html", {**context, "zone": inbox.zone_of(request.user)})


@require_GET
@for_officers
def log_csv(request: HttpRequest) -> HttpResponse:
    found = desk.log(request.GET.get("state", ""))
    return as_csv("deliveries", desk.COLUMNS, map(desk.log_row, found.iterator()))


def _refused(request: HttpRequest, form: forms.Form) -> HttpResponse:
    context = {"form": form, "back": page_pressed_on(request)}
    return render(request, "alerts/refused.html", context, status=400)
