"""The officers' inbox and the review of anomalies."""

import re
from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from alerts import escalation, inbox, review
from alerts.forms import SILENT_HOURS, ReviewForm

View = Callable[..., HttpResponse]
NUMBER = re.compile("[0-9]{1,6}")


def for_officers(view: View) -> View:
    """Everybody else is asked to log in, or refused. A button's address opens no page: the inbox does."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            onward = request.get_full_path() if request.method == "GET" else reverse("alerts:inbox")
            return redirect_to_login(onward, reverse("alerts:login"))
        if not inbox.is_officer(request.user):
            raise PermissionDenied
        return never_cache(view)(request, *args, **kwargs)

    return guarded


def page_pressed_on(request: HttpRequest) -> str:
    """The address of the inbox's page whose button was pressed. Browsers keep the fragment, which names the message."""
    return reverse("alerts:inbox") + _rest(_skip(request))


def _skip(request: HttpRequest) -> int:
    """How many newer messages the page leaves out."""
    asked = request.GET.get("skip", "")
    return int(asked) if NUMBER.fullmatch(asked) else 0


def _rest(skip: int) -> str:
    return f"?skip={skip}" if skip else ""


def _context(request: HttpRequest) -> dict[str, object]:
    contacts = inbox.contacts_of(request.user)
    words = {"zone": inbox.zone_of(request.user), "silent_hours": SILENT_HOURS, "receives": bool(contacts)}
    return {**_leaf(contacts, _skip(request)), "unread": inbox.unread(contacts), **words}


def _leaf(contacts: set[str], skip: int) -> dict[str, object]:
    """As many messages as a page shows, and where those before and after them begin, if there are any."""
    found = inbox.items(contacts, inbox.LENGTH + 1, skip)
    older = skip + inbox.LENGTH if len(found) > inbox.LENGTH else None
    newer = max(skip - inbox.LENGTH, 0) if skip else None
    return {"items": found[: inbox.LENGTH], "rest": _rest(skip), "older": older, "newer": newer}


@require_GET
@for_officers
def page(request: HttpRequest) -> HttpResponse:
    waiting = review.waiting().count()
    return render(request, "alerts/inbox.html", {**_context(request), "measures": inbox.measures(), "waiting": waiting})


@require_GET
@for_officers
def fragment(request: HttpRequest) -> HttpResponse:
    """The list alone, for the page's script."""
    return render(request, "alerts/inbox_list.html", _context(request))


@require_POST
@for_officers
def read(request: HttpRequest, reference: str) -> HttpResponse:
    inbox.mark_read(inbox.contacts_of(request.user), reference)
    return redirect(page_pressed_on(request))


@require_POST
@for_officers
def read_all(request: HttpRequest) -> HttpResponse:
    inbox.mark_all_read(inbox.contacts_of(request.user), request.POST.get("newest", ""))
    return redirect("alerts:inbox")


@require_POST
@for_officers
def acknowledge(request: HttpRequest, identifier: str) -> HttpResponse:
    escalation.acknowledge(identifier, request.user.get_username())
    return redirect(page_pressed_on(request))


@for_officers
def reviews(request: HttpRequest) -> HttpResponse:
    """Events that wait for a verdict, and the share of false alarms."""
    wrong = judged = None
    if request.method == "POST":
        form = ReviewForm(request.POST)
        if form.is_valid():
            judged = review.judged_by_another(form.cleaned_data, request.user.get_username())
            if judged is None:
                review.write(form.cleaned_data, request.user.get_username())
                return redirect("alerts:reviews")
        wrong = form.errors
    names = review.names(get_language() or "en")
    context = {
        "waiting": review.with_stations(review.waiting()[: review.WAITING_SHOWN]),
        "number_waiting": review.waiting().count(),
        "shares": [(names.get(share.series, share.series), share) for share in review.shares()],
        "raised": [(names.get(series, series), times) for series, times in review.raised_bars()],
        "wrong": wrong,
        "judged": judged,
        "verdicts": review.VERDICTS,
        "zone": inbox.zone_of(request.user),
    }
    return render(request, "alerts/reviews.html", context)
