"""Taking an alert on by the signed link of a mail. Opening the link does nothing: mail scanners open links."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from alerts import escalation, links
from alerts.models import Alert, Contact, Message
from alerts.places import place_of


@never_cache
@require_http_methods(["GET", "POST"])
def acknowledge(request: HttpRequest, identifier: str, token: str) -> HttpResponse:
    signed = links.read(links.ACKNOWLEDGE, token) or ""
    of_alert, _, contact = signed.partition(":")
    if of_alert != identifier:
        raise Http404
    if request.method == "POST":
        escalation.acknowledge(identifier, name_of(contact))
    alert = get_object_or_404(Alert, identifier=identifier)
    message = Message.objects.filter(alert=identifier).order_by("-number").first()
    context = {"alert": alert, "message": message, "zone": place_of(alert.place).zone, "name": name_of(contact)}
    return render(request, "alerts/acknowledge.html", context)


def name_of(contact: str) -> str:
    """Of a contact by its uid, which stands for it where it is gone."""
    found = Contact.objects.filter(uid=contact).first()
    return str(found) if found else contact
