"""Alerts for machines: each message as a CAP 1.2 document, and the feed of the newest."""

from xml.etree import ElementTree as ET

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from alerts.cap import document as cap
from alerts.cap.words import MESSAGE_TYPES
from alerts.models import Message
from alerts.places import place_of, public_keys

FEED_LENGTH = 50
FRESH_SECONDS = 30


@require_safe
def document(request: HttpRequest, identifier: str) -> HttpResponse:
    """A message by its own identifier, or the newest message of an alert by the alert's."""
    told = Message.objects.filter(kind__in=MESSAGE_TYPES, muted_by="")
    message = told.filter(identifier=identifier).first() or told.filter(alert=identifier).order_by("-number").first()
    if message is None or not place_of(message.place).is_public:
        raise Http404
    earlier = list(told.filter(alert=message.alert, number__lt=message.number).order_by("number"))
    return _answer(cap.document(message, earlier), "application/cap+xml")


@require_safe
@cache_control(public=True, max_age=FRESH_SECONDS)
def feed(request: HttpRequest) -> HttpResponse:
    told = Message.objects.filter(kind__in=MESSAGE_TYPES, muted_by="", place__in=public_keys())
    return _answer(cap.feed(list(told.order_by("-created_at")[:FEED_LENGTH])), "application/atom+xml")


def _answer(root: ET.Element, content_type: str) -> HttpResponse:
    return HttpResponse(cap.serialize(root), content_type=f"{content_type}; charset=utf-8")
