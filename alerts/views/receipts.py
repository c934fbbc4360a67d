"""What providers report about messages that they took."""

import base64
import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from alerts.channels.sms import callback_url, twilio_account
from alerts.models import Delivery
from aqi_project import clock

ARRIVED = {"delivered", "read"}
LOST = {"undelivered", "failed"}
UNDECIDED = (Delivery.State.SENDING, Delivery.State.SENT)  # a receipt may overtake our own note of the sending


@csrf_exempt
@require_POST
def twilio(request: HttpRequest, reference: str) -> HttpResponse:
    """Twilio's status callback. Source: twilio.com/docs/usage/security (signature), …/messaging (states)."""
    form = {name: str(request.POST[name]) for name in request.POST}
    expected = signature(callback_url(reference), form)
    if not settings.SMS_URL or not constant_time_compare(expected, request.headers.get("X-Twilio-Signature", "")):
        return HttpResponseForbidden("The signature is wrong.")
    open_rows = Delivery.objects.filter(reference=reference, state__in=UNDECIDED)
    state = form.get("MessageStatus", "")
    if state in ARRIVED:
        open_rows.update(state=Delivery.State.DELIVERED, delivered_at=clock.now())
    elif state in LOST:
        reason = f"The provider reports: {state} {form.get('ErrorCode', '')}".strip()
        open_rows.update(state=Delivery.State.FAILED, error=reason)
    return HttpResponse(status=204)


def signature(url: str, form: dict[str, str]) -> str:
    """HMAC-SHA-1 of the address and the sorted fields, in base64."""
    text = url + "".join(name + form[name] for name in sorted(form))
    secret = twilio_account()[1]
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()
