"""Links that go out with messages. Where one is signed, the token is the authority: no account is needed."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from alerts.models import Message
from alerts.places import Place, place_of

UNSUBSCRIBE = "unsubscribe"
ACKNOWLEDGE = "acknowledge"
RECEIPT = "receipt"


def token(purpose: str, value: str) -> str:
    return Signer(salt=f"alerts.{purpose}", sep=".").sign(value)


def read(purpose: str, text: str) -> str | None:
    """What was signed for that purpose; None where the token is not ours."""
    try:
        return Signer(salt=f"alerts.{purpose}", sep=".").unsign(text)
    except BadSignature:
        return None


def page(message: Message) -> str:
    """Where there is more about it: the page of the event, the station or the city, where everybody may see it."""
    return settings.SITE_URL + _path(place_of(message.place), message.facts.get("event"))


def _path(place: Place, event: str | None) -> str:
    if not place.is_public:
        return reverse("dashboard:home")
    if place.city:
        return reverse("dashboard:city", args=[place.city])
    (station,) = place.stations
    if event:
        return reverse("dashboard:event", kwargs=station.address | {"event": event})
    return reverse("dashboard:station", kwargs=station.address)


def address(name: str, *parts: str) -> str:
    """The whole address of one of our pages, by its name in urls.py."""
    return settings.SITE_URL + reverse(f"alerts:{name}", args=parts)


def unsubscribe(contact: str) -> str:
    return address("stop", token(UNSUBSCRIBE, contact))


def acknowledge(alert: str, contact: str) -> str:
    return address("acknowledge", alert, token(ACKNOWLEDGE, f"{alert}:{contact}"))


def receipt(reference: str) -> str:
    """Where a plain gateway reports what became of a delivery; it needs no secret of its own."""
    return address("sms-receipt", token(RECEIPT, reference))
