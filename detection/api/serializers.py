"""The shapes of requests and answers, as the schema describes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from aqi_project.api.pagination import PageSerializer
from aqi_project.api.query import ChoiceField, SpanSerializer
from detection.models import Anomaly, Severity

Base = serializers.Serializer[Any]
LONGEST_FORECAST = 24 * 14  # hours
HOURS = 72
LEVELS = [level.name.lower() for level in Severity]
VERDICT_LEVELS = ["none", *LEVELS]


class ErrorDetailSerializer(Base):
    code = serializers.CharField(help_text="For programs.")
    message = serializers.CharField(help_text="For people: what is wrong and what to do.")
    field = serializers.CharField(required=False, help_text="What the message is about.")


class PointSerializer(Base):
    timestamp = serializers.DateTimeField(help_text="With an offset: 2026-01-31T14:00:00Z.")
    sensor_id = serializers.CharField(help_text="station/variable, or the station alone where it has one variable.")
    value = serializers.FloatField(help_text="In the variable's unit.")


class VerdictSerializer(Base):
    timestamp = serializers.CharField(help_text="As it was sent.")
    sensor_id = serializers.CharField()
    value = serializers.FloatField()
    predicted_value = serializers.FloatField(help_text="What was expected for that time.")
    lower = serializers.FloatField(help_text="Lower end of the range that holds 95 % of usual values.")
    upper = serializers.FloatField()
    deviation = serializers.FloatField(help_text="value − predicted_value.")
    is_anomaly = serializers.BooleanField()
    anomaly_score = serializers.FloatField(help_text="Share of usual readings that are less unusual, 0 to 1.")
    severity = serializers.ChoiceField(choices=VERDICT_LEVELS)
    message = serializers.CharField(help_text="In English, or in Urdu with Accept-Language: ur.")
    model_version = serializers.IntegerField()


class BadItemSerializer(Base):
    error = ErrorDetailSerializer(help_text="Why there is no verdict on this item.")


class BatchSerializer(Base):
    count = serializers.IntegerField()
    failed = serializers.IntegerField()
    results = PolymorphicProxySerializer(
        "BatchAnswer",
        [VerdictSerializer, BadItemSerializer],
        resource_type_field_name=None,
        many=True,
        help_text="One for each item, in order.",
    )


class AnomalyQuery(PageSerializer, SpanSerializer):
    station = serializers.CharField(required=False, help_text="A station's slug.")
    city = serializers.CharField(required=False)
    variable = serializers.CharField(required=False, help_text="Such as pm2_5.")
    kind = ChoiceField(choices=Anomaly.Kind.choices, required=False)
    severity = ChoiceField(choices=LEVELS, required=False, help_text="At least so severe.")
    review = ChoiceField(choices=Anomaly.Review.choices, required=False)
    open = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="Whether it still lasts.")


class AnomalySerializer(Base):
    id = serializers.CharField(source="_id")
    station = serializers.CharField()
    variable = serializers.CharField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField(allow_null=True, help_text="Its last unusual reading; null while it lasts.")
    peak_at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=Anomaly.Kind.choices)
    is_fault = serializers.BooleanField(help_text="A fault of the sensor, not of the air.")
    severity = serializers.SerializerMethodField()
    value = serializers.FloatField(help_text="At the peak.")
    expected = serializers.FloatField(allow_null=True)
    lower = serializers.FloatField(allow_null=True)
    upper = serializers.FloatField(allow_null=True)
    score = serializers.FloatField()
    days_between = serializers.FloatField(allow_null=True, help_text="Something as rare comes once in so many days.")
    record_days = serializers.FloatField(
        allow_null=True, default=None, help_text="Days that it was compared with: rarer than that is extrapolated."
    )
    voters = serializers.JSONField(help_text="Detectors that found it, with their scores.")
    model_version = serializers.IntegerField()
    explanation = serializers.CharField()
    explanation_ur = serializers.CharField()
    review = serializers.ChoiceField(choices=Anomaly.Review.choices)

    def get_severity(self, document: dict[str, Any]) -> str:
        return Severity(document["severity"]).name.lower()


class AnomalyPageSerializer(Base):
    next = serializers.URLField(allow_null=True)
    results = AnomalySerializer(many=True)


class ForecastQuery(Base):
    variable = serializers.CharField(required=False, help_text="Such as pm2_5; without it PM2.5, or what there is.")
    hours = serializers.IntegerField(
        required=False,
        default=HOURS,
        min_value=1,
        max_value=LONGEST_FORECAST,
        help_text="At most so many: a forecast was issued for 72 at most, a band goes on.",
    )


class ForecastPointSerializer(Base):
    at = serializers.DateTimeField()
    expected = serializers.FloatField()
    lower = serializers.FloatField(help_text="2.5 % quantile.")
    upper = serializers.FloatField(help_text="97.5 % quantile.")
    aqi = serializers.IntegerField(
        allow_null=True, default=None, help_text="If the hour's concentration lasts. Null for what is no pollutant."
    )
    probabilities = serializers.DictField(
        child=serializers.FloatField(), allow_null=True, default=None, help_text="Of each category, adding up to 1."
    )


class ForecastSerializer(Base):
    station = serializers.CharField()
    variable = serializers.CharField()
    unit = serializers.CharField()
    source = serializers.ChoiceField(
        choices=["forecast", "band"],
        help_text="forecast: issued with the newest readings. band: what is usual for the hour.",
    )
    issued_at = serializers.DateTimeField(allow_null=True)
    model_version = serializers.IntegerField()
    points = ForecastPointSerializer(many=True)
