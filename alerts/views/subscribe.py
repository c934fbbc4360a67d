"""Citizens: subscribe, confirm, change, stop. No account; signed links are the authority."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from alerts import links
from alerts.forms import CodeForm, SubscribeForm, WishesForm
from alerts.models import Contact, Subscription
from alerts.people import optin
from alerts.places import place_of
from alerts.sending.outbox import send_soon
from aqi_project.api.callers import address_of

TOO_MANY = 429


@never_cache
@require_http_methods(["GET", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    form = SubscribeForm(request.POST or None, initial={"place": request.GET.get("place", "")})
    if request.method == "GET" or not form.is_valid():
        return render(request, "alerts/subscribe.html", {"form": form})
    if not optin.may_ask(address_of(request)):
        page = render(request, "alerts/too_many.html", status=TOO_MANY)
        page["Retry-After"] = round(optin.VISITOR_WINDOW.total_seconds())
        return page
    if form.cleaned_data["website"]:
        return redirect("alerts:asked")
    wish = optin.Wish(
        address=form.cleaned_data["address"],
        place=form.cleaned_data["place"],
        severity=form.cleaned_data["severity"],
        language=get_language() or "en",
    )
    token = optin.ask(wish)
    send_soon()
    if wish.channel == "sms":
        return render(request, "alerts/code.html", {"form": CodeForm(initial={"token": token})})
    return redirect("alerts:asked")


@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """The code from the SMS."""
    form = CodeForm(request.POST)
    wish = optin.right_code(form.cleaned_data["token"], form.cleaned_data["code"]) if form.is_valid() else None
    if wish is None:
        again = CodeForm(initial={"token": request.POST.get("token", "")})
        return render(request, "alerts/code.html", {"form": again, "wrong": True})
    contact = optin.confirm(wish)
    send_soon()
    return redirect("alerts:manage", token=links.token(links.UNSUBSCRIBE, contact.uid))


def asked(request: HttpRequest) -> HttpResponse:
    """The same answer for every address."""
    return render(request, "alerts/asked.html")


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link does nothing, because mail scanners open links; the button does."""
    found = optin.read(token)
    if found is None:
        return render(request, "alerts/expired.html", status=410)
    wish, sealed = found
    if sealed:
        raise Http404
    if request.method == "GET":
        return render(request, "alerts/confirm.html", {"wish": wish, "places": place_names([wish.place])})
    return redirect("alerts:manage", token=links.token(links.UNSUBSCRIBE, optin.confirm(wish).uid))


@never_cache
@require_http_methods(["GET", "POST"])
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """Wishes of one contact; the link in each message leads here."""
    contact = contact_of(token)
    form = WishesForm(request.POST or None, instance=contact)
    saved = request.method == "POST" and form.is_valid()
    if saved:
        form.save()
    wanted = Subscription.objects.filter(contact=contact, is_active=True).values_list("place", flat=True)
    context = {"form": form, "contact": contact, "saved": saved, "token": token, "places": place_names(wanted)}
    return render(request, "alerts/manage.html", context)


def place_names(keys: Iterable[str]) -> str:
    """What people call the places, in the reader's language."""
    language = get_language() or "en"
    return _(", ").join(sorted(place_of(key).name_in(language) if key else _("All places") for key in keys))


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """One click in a mail program posts here (RFC 8058); a person who follows the link sees a button."""
    contact = contact_of(token)
    if request.method == "POST":
        optin.stop(contact)
        return render(request, "alerts/stopped.html")
    return render(request, "alerts/stop.html", {"token": token})


def contact_of(token: str) -> Contact:
    """The citizen whom a link from a message names, or Http404."""
    uid = links.read(links.UNSUBSCRIBE, token)
    return get_object_or_404(Contact, uid=uid or "", kind=Contact.Kind.CITIZEN)
