"""What providers report about messages that they took."""

import base64
import hashlib
import hmac
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from alerts import links
from alerts.channels.sms import TWILIO, callback_url, twilio_account
from alerts.models import Delivery
from alerts.sending.delivery import ERROR_LENGTH
from aqi_project import clock

ARRIVED = {"delivered", "read"}
LOST = {"undelivered", "failed", "rejected", "expired"}
UNDECIDED = (Delivery.State.SENDING, Delivery.State.SENT)  # a receipt may overtake our own note of the sending


@csrf_exempt
@require_POST
def twilio(request: HttpRequest, reference: str) -> HttpResponse:
    """Twilio's status callback. Source: twilio.com/docs/usage/security (signature), …/messaging (states)."""
    form = {name: str(request.POST[name]) for name in request.POST}
    given = request.headers.get("X-Twilio-Signature", "")
    if not _has_twilio() or not constant_time_compare(signature(callback_url(reference), form), given):
        return HttpResponseForbidden("The signature is wrong.")
    return _settle(reference, form.get("MessageStatus", ""), form.get("ErrorCode", ""))


@csrf_exempt
@require_POST
def sms(request: HttpRequest, token: str) -> HttpResponse:
    """The callback of a plain gateway: form fields `status` and, where it failed, `reason`. Its address is signed."""
    reference = links.read(links.RECEIPT, token)
    if reference is None:
        return HttpResponseForbidden("The address is not one of ours.")
    return _settle(reference, request.POST.get("status", "").lower(), request.POST.get("reason", ""))


def _settle(reference: str, state: str, reason: str) -> HttpResponse:
    """Note what became of the delivery; what is not known, such as "queued", changes nothing."""
    rows = Delivery.objects.filter(reference=reference)
    open_rows = rows.filter(state__in=UNDECIDED)
    if state in ARRIVED:  # also what waits for another attempt, because the gateway's answer to the last one was lost
        open_rows = rows.filter(state__in=(*UNDECIDED, Delivery.State.QUEUED))
        open_rows.filter(sent_at=None).update(sent_at=clock.now())  # what comes after the receipt notes nothing more
        open_rows.update(state=Delivery.State.DELIVERED, delivered_at=clock.now())
    elif state in LOST:
        told = f"The provider reports: {state} {reason}".strip()
        open_rows.update(state=Delivery.State.FAILED, error=told[:ERROR_LENGTH])
    return HttpResponse(status=204)


def _has_twilio() -> bool:
    """Whether there is a secret that signs; what stands in its place in another gateway's address may be empty."""
    return urlsplit(settings.SMS_URL).scheme == TWILIO and all(twilio_account())


def signature(url: str, form: dict[str, str]) -> str:
    """HMAC-SHA-1 of the address and the sorted fields, in base64."""
    text = url + "".join(name + form[name] for name in sorted(form))
    secret = twilio_account()[1]
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()
