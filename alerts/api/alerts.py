"""Alerts: what people were told, taking one on, and verdicts on anomalies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts import escalation, review
from alerts.api import serializers
from alerts.cap.words import MESSAGE_TYPES
from alerts.models import Alert, Message
from alerts.places import public_keys
from alerts.state_machine import State
from aqi_project import clock
from aqi_project.api import ApiError
from aqi_project.api.callers import is_staff, may, require, who
from aqi_project.api.keys import MANAGE
from aqi_project.api.pagination import Order
from aqi_project.api.query import read_query
from aqi_project.api.schema import curl
from aqi_project.mongo import collection
from detection.api.anomalies import anomaly_or_404
from detection.api.serializers import AnomalySerializer
from detection.models import Severity

NEWEST_FIRST = Order(("opened_at", "_id"), -1)
EQUAL = ("place", "rule", "state")
TOLD: dict[str, Any] = {"fired_at": {"$ne": None}, "is_muted": False}  # what was said to the public
Document = dict[str, Any]


class Alerts(APIView):
    """What people were alerted of, newest first."""

    @extend_schema(
        operation_id="list_alerts",
        extensions=curl("alerts?open=true"),
        parameters=[serializers.AlertQuery],
        responses=serializers.AlertPageSerializer,
    )
    def get(self, request: Request) -> Response:
        wanted = read_query(serializers.AlertQuery, request)
        query = {"$and": [_visible(request), *_conditions(wanted)]}
        return NEWEST_FIRST.answer(request, Alert, query, wanted, serializers.AlertSerializer)


def _visible(request: Request) -> Document:
    """What was said to the public; to those who may manage, all alerts of their stations."""
    if is_staff(request):
        return {}
    public = {**TOLD, "place": {"$in": public_keys()}}
    if not may(request, MANAGE):
        return public
    return {"$or": [public, {"place": {"$in": request.auth.stations}}]} if request.auth.stations else {}


def _conditions(wanted: Mapping[str, Any]) -> list[Document]:
    found: list[Document] = [{name: wanted[name]} for name in EQUAL if name in wanted]
    if "severity" in wanted:
        found.append({"peak_severity": {"$gte": Severity[wanted["severity"].upper()].value}})
    for name, operator in (("start", "$gte"), ("end", "$lt")):
        if name in wanted:
            found.append({"opened_at": {operator: clock.naive(wanted[name])}})
    if wanted["open"] is not None:
        found.append({"state": {"$ne": State.RESOLVED} if wanted["open"] else State.RESOLVED})
    return found


class OneAlert(APIView):
    """One alert with all that was said of it."""

    @extend_schema(
        operation_id="get_alert", extensions=curl("alerts/$ALERT"), responses=serializers.AlertDetailSerializer
    )
    def get(self, request: Request, identifier: str) -> Response:
        return Response(_detail(request, _alert_or_404(request, identifier)))


class Acknowledge(APIView):
    """Take an alert on: it goes to nobody else. Needs a key with the scope `manage`."""

    @extend_schema(
        operation_id="acknowledge_alert",
        extensions=curl("alerts/$ALERT/acknowledge", {}, key=True),
        request=None,
        responses=serializers.AlertDetailSerializer,
    )
    def post(self, request: Request, identifier: str) -> Response:
        require(request, MANAGE)
        alert = _alert_or_404(request, identifier)
        require(request, MANAGE, alert["place"])
        if not escalation.acknowledge(identifier, who(request)):
            text = "It is over, has not fired yet, or somebody has taken it on already. GET it to see."
            raise ApiError(409, "refused", text)
        return Response(_detail(request, _alert_or_404(request, identifier)))


def _alert_or_404(request: Request, identifier: str) -> Document:
    found = collection(Alert).find_one({"$and": [{"identifier": identifier}, _visible(request)]})
    if found is None:
        raise NotFound(f"There is no alert {identifier!r} that you may see. GET /api/v1/alerts lists them.")
    return found


def _detail(request: Request, alert: Document) -> Any:
    told = Message.objects.filter(alert=alert["identifier"], kind__in=MESSAGE_TYPES).order_by("number")
    manages = may(request, MANAGE, alert["place"])
    shown = told if manages else told.filter(muted_by="")
    by = alert["acknowledged_by"] if manages else ""
    return serializers.AlertDetailSerializer({**alert, "acknowledged_by": by, "messages": list(shown)}).data


class Review(APIView):
    """A verdict on an anomaly. Rules look again, and detection sees it. Needs a key with the scope `manage`."""

    @extend_schema(
        operation_id="review_anomaly",
        extensions=curl("anomalies/$ANOMALY/review", {"review": "false_alarm", "note": "a bonfire"}, key=True),
        request=serializers.ReviewSerializer,
        responses=AnomalySerializer,
    )
    def post(self, request: Request, identifier: str) -> Response:
        require(request, MANAGE)
        anomaly = anomaly_or_404(request, identifier)
        require(request, MANAGE, anomaly["station"])
        given = serializers.ReviewSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        named = {"series": anomaly["series"], "start": clock.aware(anomaly["start"])}
        review.write({**given.validated_data, **named}, who(request))
        return Response(AnomalySerializer(anomaly_or_404(request, identifier)).data)
