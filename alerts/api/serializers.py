"""The shapes of alerts, reviews and subscriptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alerts.models import Alert, Contact
from alerts.state_machine import Say
from aqi_project.api.pagination import PageSerializer
from aqi_project.api.query import ChoiceField, SpanSerializer
from detection.api.serializers import LEVELS
from detection.models import Anomaly, Severity

Base = serializers.Serializer[Any]
WISHED = [level.name.lower() for level in (Severity.MODERATE, Severity.SEVERE, Severity.EXTREME)]


class AlertQuery(PageSerializer, SpanSerializer):
    place = serializers.CharField(required=False, help_text="A station's slug, or city:lahore.")
    rule = serializers.CharField(required=False, help_text="A rule's slug.")
    state = ChoiceField(choices=Alert.States.choices, required=False)
    severity = ChoiceField(choices=LEVELS, required=False, help_text="At its peak at least so severe.")
    open = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="Whether it still lasts.")


class AlertSerializer(Base):
    identifier = serializers.CharField()
    rule = serializers.CharField()
    place = serializers.CharField(help_text="A station's slug, or city:lahore.")
    state = serializers.ChoiceField(choices=Alert.States.choices)
    severity = serializers.SerializerMethodField()
    peak_severity = serializers.SerializerMethodField()
    is_exercise = serializers.BooleanField()
    opened_at = serializers.DateTimeField()
    fired_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True, help_text="null while it lasts.")
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    anomalies = serializers.ListField(child=serializers.CharField(), help_text="The anomalies behind it.")

    def get_severity(self, alert: Mapping[str, Any]) -> str:
        return _level(alert, "severity")

    def get_peak_severity(self, alert: Mapping[str, Any]) -> str:
        return _level(alert, "peak_severity")


def _level(alert: Mapping[str, Any], name: str) -> str:
    return Severity(alert[name]).name.lower()


class AlertPageSerializer(Base):
    next = serializers.URLField(allow_null=True)
    results = AlertSerializer(many=True)


class MessageSerializer(Base):
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=[Say.ALERT.value, Say.UPDATE.value, Say.CANCEL.value])
    created_at = serializers.DateTimeField()
    subject_en = serializers.CharField()
    subject_ur = serializers.CharField(allow_blank=True)
    text_en = serializers.CharField()
    text_ur = serializers.CharField(allow_blank=True)


class AlertDetailSerializer(AlertSerializer):
    acknowledged_by = serializers.CharField(help_text="Empty for callers without the scope 'manage' for the place.")
    messages = MessageSerializer(many=True, help_text="What was said, oldest first.")


class ReviewSerializer(Base):
    review = ChoiceField(choices=Anomaly.Review.choices, help_text="'none' takes a verdict back.")
    note = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class WishSerializer(Base):
    address = serializers.CharField(help_text="An e-mail address, or a mobile number such as +923001234567.")
    place = serializers.CharField(help_text="The slug of a public station, or city:lahore where it has several.")
    severity = ChoiceField(choices=WISHED, required=False, default=WISHED[0], help_text="From which on.")
    language = ChoiceField(choices=Contact._meta.get_field("language").choices, required=False)


class AskedSerializer(Base):
    channel = serializers.ChoiceField(choices=["email", "sms"], help_text="Where the question went.")
    token = serializers.CharField(
        allow_null=True, help_text="sms: confirm with it and the code. email: null, the mail has the link."
    )


class ConfirmSerializer(Base):
    token = serializers.CharField(max_length=2000)
    code = serializers.CharField(max_length=6, help_text="The digits in the SMS.")


class SubscriptionSerializer(Base):
    place = serializers.CharField()
    severity = serializers.CharField()


@extend_schema_field({"type": "string"})  # the schema's own "time" has an offset
class WallTimeField(serializers.TimeField):
    """A time of the contact's own clock, without an offset: it would be dropped without a word."""

    input_formats = ("%H:%M", "%H:%M:%S")


class WishesSerializer(Base):
    """When and how somebody wants to be told."""

    language = ChoiceField(choices=Contact._meta.get_field("language").choices, required=False)
    timezone = serializers.CharField(required=False)
    quiet_from = WallTimeField(required=False, allow_null=True, help_text="Such as 22:00, in the time zone above.")
    quiet_to = WallTimeField(required=False, allow_null=True)
    digest = ChoiceField(choices=Contact.Digest.choices, required=False)
    digest_hour = serializers.IntegerField(min_value=0, max_value=23, required=False)


class ContactSerializer(WishesSerializer):
    token = serializers.CharField(help_text="For /api/v1/subscriptions/{token}; keep it secret.")
    is_active = serializers.BooleanField(help_text="false: stopped, nothing is sent.")
    subscriptions = SubscriptionSerializer(many=True)
