"""Subscribing by program, under the rules of the page: the owner of an address answers before anything is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils import translation
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts import links
from alerts.api import serializers
from alerts.forms import SubscribeForm, WishesForm
from alerts.models import Contact, Subscription
from alerts.people import optin
from alerts.sending.outbox import send_soon
from alerts.views.subscribe import contact_of
from aqi_project.api import ApiError
from aqi_project.api.callers import address_of
from aqi_project.api.schema import curl
from detection.models import Severity


class Subscriptions(APIView):
    """Ask to be told. The address gets a question, and nothing is stored until its owner has answered."""

    @extend_schema(
        operation_id="subscribe",
        extensions=curl("subscriptions", {"address": "someone@example.org", "place": "lahore", "severity": "severe"}),
        request=serializers.WishSerializer,
        responses={202: serializers.AskedSerializer},
    )
    def post(self, request: Request) -> Response:
        wish = _wish(request)
        if not optin.may_ask(address_of(request)):
            said = "Too many addresses from one place. Try again in an hour."
            raise ApiError(429, "throttled", said, wait=optin.VISITOR_WINDOW.total_seconds())
        token = optin.ask(wish)
        send_soon()
        return Response({"channel": wish.channel, "token": token if wish.channel == "sms" else None}, status=202)


def _wish(request: Request) -> optin.Wish:
    given = serializers.WishSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    wanted = given.validated_data
    language = wanted.get("language", request.LANGUAGE_CODE)
    level = Severity[wanted["severity"].upper()]
    with translation.override("en"):
        form = SubscribeForm({"address": wanted["address"], "place": wanted["place"], "severity": level})
        _refuse_errors(form.errors)
    return optin.Wish(form.cleaned_data["address"], form.cleaned_data["place"], int(level), language)


def _refuse_errors(errors: Mapping[str, Any]) -> None:
    for field, texts in errors.items():
        raise ApiError(400, "invalid", str(texts[0]), field)


class Confirm(APIView):
    """Answer the question of an SMS with its code. A mail is answered by the link in it."""

    @extend_schema(
        operation_id="confirm_subscription",
        extensions=curl("subscriptions/confirm", {"token": "$SMS_TOKEN", "code": "$CODE"}),
        request=serializers.ConfirmSerializer,
        responses=serializers.ContactSerializer,
    )
    def post(self, request: Request) -> Response:
        given = serializers.ConfirmSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wish = optin.right_code(given.validated_data["token"], given.validated_data["code"])
        if wish is None:
            text = "The code is not right, or too old. Take it from the newest SMS, or ask for another one."
            raise ApiError(400, "invalid", text, "code")
        return Response(_contact(optin.confirm(wish)))


class OneContact(APIView):
    """The wishes of one address. The token in each message is the authority; no key is needed."""

    @extend_schema(
        operation_id="get_subscription",
        extensions=curl("subscriptions/$TOKEN"),
        responses=serializers.ContactSerializer,
    )
    def get(self, request: Request, token: str) -> Response:
        return Response(_contact(_contact_or_404(token)), headers={"Cache-Control": "private, no-store"})

    @extend_schema(
        operation_id="change_subscription",
        extensions=curl("subscriptions/$TOKEN", {"quiet_from": "22:00", "quiet_to": "06:00"}, method="PATCH"),
        request=serializers.WishesSerializer,
        responses=serializers.ContactSerializer,
    )
    def patch(self, request: Request, token: str) -> Response:
        contact = _contact_or_404(token)
        given = serializers.WishesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        kept = {name: getattr(contact, name) for name in WishesForm.Meta.fields}
        form = WishesForm({**kept, **given.validated_data}, instance=contact)
        with translation.override("en"):
            _refuse_errors(form.errors)
        form.save()
        return Response(_contact(contact))

    @extend_schema(
        operation_id="stop_subscription",
        extensions=curl("subscriptions/$TOKEN", method="DELETE"),
        responses={200: serializers.ContactSerializer},  # of a DELETE, 204 without a word would be assumed
    )
    def delete(self, request: Request, token: str) -> Response:
        optin.stop(_contact_or_404(token))
        return Response(_contact(_contact_or_404(token)))


def _contact_or_404(token: str) -> Contact:
    try:
        return contact_of(token)
    except Http404:
        raise NotFound("This token is none of ours. Take it from the link in a message.") from None


def _contact(contact: Contact) -> Any:
    names = (*WishesForm.Meta.fields, "is_active")
    about = {name: getattr(contact, name) for name in names}
    chosen = [
        {"place": one.place, "severity": Severity(one.min_severity).name.lower()}
        for one in Subscription.objects.filter(contact=contact, is_active=True)
    ]
    token = links.token(links.UNSUBSCRIBE, contact.uid)
    return serializers.ContactSerializer({**about, "token": token, "subscriptions": chosen}).data
