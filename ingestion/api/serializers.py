"""The shapes of stations and readings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from aqi_project.api.pagination import PageSerializer
from aqi_project.api.query import ChoiceField, SpanSerializer
from ingestion.api.push import STATUSES
from ingestion.aqi.standard import DEFAULT, standards
from ingestion.models import Station
from ingestion.quality.presence import PRESENCES

Base = serializers.Serializer[Any]
NO_PAGES = "CSV has no pages: it holds the whole span. Leave the {} out, and say from and to for a part of it."
NO_CURSOR = "Means have no cursor: `next` leads on by another `to`. Leave the cursor out."


class StationQuery(PageSerializer):
    city = serializers.CharField(required=False)


class StationSerializer(Base):
    slug = serializers.CharField()
    name = serializers.CharField()
    name_ur = serializers.CharField()
    city = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    timezone = serializers.CharField()
    provider = serializers.ChoiceField(choices=Station.Provider.choices)
    is_recording = serializers.SerializerMethodField(help_text="Recorded hours, played as if they arrived now.")
    expected_interval_seconds = serializers.SerializerMethodField()

    def get_is_recording(self, document: dict[str, Any]) -> bool:
        return bool(document["provider"] == Station.Provider.REPLAY)

    def get_expected_interval_seconds(self, document: dict[str, Any]) -> float:
        return timedelta(milliseconds=document["expected_interval"]).total_seconds()


class StationPageSerializer(Base):
    next = serializers.URLField(allow_null=True)
    results = StationSerializer(many=True)


class StationDetailSerializer(StationSerializer):
    variables = serializers.DictField(child=serializers.CharField(), help_text="Code → unit of what it sends.")


class ReadingQuery(PageSerializer, SpanSerializer):
    format = ChoiceField(
        choices=["json", "csv"],
        required=False,
        default="json",
        help_text="csv: the whole span in one answer, oldest first, one line for each value.",
    )
    mean = ChoiceField(
        choices=["raw", "hourly", "daily"],
        required=False,
        default="raw",
        help_text="Means of values that are not in doubt; days are the station's own.",
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in ("cursor", "limit") if self.initial_data.get(name)]
        if given["format"] == "csv" and named:
            raise serializers.ValidationError({named[0]: NO_PAGES.format(named[0])})
        if given["mean"] != "raw" and "cursor" in given:
            raise serializers.ValidationError({"cursor": NO_CURSOR})
        return super().validate(given)


class PushedSerializer(Base):
    station = serializers.CharField()
    timestamp = serializers.DateTimeField(help_text="With an offset.")
    values = serializers.DictField(child=serializers.FloatField(), help_text="Variable → number.")
    units = serializers.DictField(
        child=serializers.CharField(), required=False, help_text="Where a value is not in its variable's unit."
    )


class PushAnswerSerializer(Base):
    status = serializers.ChoiceField(choices=STATUSES)
    reason = serializers.CharField(required=False, help_text="Why it was refused.")
    doubts = serializers.DictField(child=serializers.CharField(), required=False, help_text="Values left out, and why.")


class PushResultSerializer(Base):
    inserted = serializers.IntegerField()
    revised = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = PushAnswerSerializer(many=True, help_text="One for each item, in order.")


class ReadingSerializer(Base):
    at = serializers.DateTimeField()
    values = serializers.DictField(child=serializers.FloatField(), help_text="Variable → value in its unit.")
    flags = serializers.DictField(child=serializers.CharField(), help_text="Variable → why its value is in doubt.")
    aqi = serializers.IntegerField(allow_null=True, help_text="US EPA.")
    dominant = serializers.CharField(allow_blank=True, help_text="The pollutant that decides the AQI.")
    provider = serializers.CharField()
    received_at = serializers.DateTimeField()
    revision = serializers.IntegerField(help_text="Above 1: the provider has corrected it.")
    scores = serializers.DictField(
        child=serializers.DictField(child=serializers.FloatField()),
        help_text="Variable → expected, lower, upper, score, days (once in so many), version.",
    )


class ReadingPageSerializer(Base):
    station = serializers.CharField()
    units = serializers.DictField(child=serializers.CharField())
    next = serializers.URLField(allow_null=True)
    results = ReadingSerializer(many=True)


class MeanSerializer(Base):
    at = serializers.DateTimeField(help_text="The beginning of the hour or day.")
    values = serializers.DictField(child=serializers.FloatField(), help_text="Variable → mean.")
    lowest = serializers.DictField(child=serializers.FloatField())
    highest = serializers.DictField(child=serializers.FloatField())
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Readings behind each mean.")


class MeanPageSerializer(ReadingPageSerializer):
    results = MeanSerializer(many=True)


EITHER_PAGE = PolymorphicProxySerializer(
    "ReadingOrMeanPage", [ReadingPageSerializer, MeanPageSerializer], resource_type_field_name=None
)


class IndexSerializer(Base):
    standard = serializers.CharField()
    index = serializers.IntegerField()
    category = serializers.CharField()
    category_name = serializers.CharField()
    colour = serializers.CharField()
    dominant = serializers.CharField()


class LatestSerializer(ReadingSerializer):
    station = serializers.CharField()
    units = serializers.DictField(child=serializers.CharField())
    age_seconds = serializers.IntegerField()
    is_recording = serializers.BooleanField()
    index = serializers.SerializerMethodField()

    @extend_schema_field(IndexSerializer(allow_null=True))
    def get_index(self, document: dict[str, Any]) -> dict[str, Any] | None:
        return document["index"]


class VariableSerializer(Base):
    code = serializers.CharField()
    name = serializers.CharField()
    name_ur = serializers.CharField(allow_blank=True)
    unit = serializers.CharField(allow_blank=True)
    valid_min = serializers.FloatField(allow_null=True)
    valid_max = serializers.FloatField(allow_null=True)
    is_pollutant = serializers.BooleanField()


class CitySerializer(Base):
    slug = serializers.CharField(help_text="As in a station's city, and behind city: in an alert's place.")
    name = serializers.CharField()
    name_ur = serializers.CharField(allow_blank=True)


class CityPageSerializer(Base):
    next = serializers.URLField(allow_null=True)
    results = CitySerializer(many=True)


class VariablePageSerializer(Base):
    next = serializers.URLField(allow_null=True)
    results = VariableSerializer(many=True)


class QualityQuery(Base):
    days = serializers.IntegerField(required=False, default=7, min_value=1, max_value=92)


class DayQualitySerializer(Base):
    day = serializers.DateField(help_text="In the station's time zone.")
    expected = serializers.IntegerField()
    received = serializers.IntegerField()
    share = serializers.FloatField(help_text="received / expected, 0 to 1.")
    flags = serializers.DictField(child=serializers.IntegerField(), help_text="Rule → values in doubt.")


class QualitySerializer(Base):
    station = serializers.CharField()
    presence = serializers.ChoiceField(choices=PRESENCES)
    newest_at = serializers.DateTimeField(allow_null=True)
    days = DayQualitySerializer(many=True)


class AqiQuery(Base):
    standard = ChoiceField(choices=list(standards()), required=False, default=DEFAULT)
    hours = serializers.IntegerField(required=False, default=24, min_value=1, max_value=24 * 31)


class AqiRowSerializer(Base):
    at = serializers.DateTimeField()
    index = serializers.IntegerField(allow_null=True)
    category = serializers.CharField(allow_null=True)
    dominant = serializers.CharField(allow_null=True)
    averaging = serializers.CharField(allow_null=True, help_text="Averaging period of the dominant pollutant.")
    beyond = serializers.BooleanField(help_text="Above the end of the standard's scale.")
    complete = serializers.BooleanField(help_text="The standard's minimum of pollutants is met.")


class AqiSerializer(Base):
    station = serializers.CharField()
    standard = serializers.CharField()
    name = serializers.CharField()
    edition = serializers.CharField()
    results = AqiRowSerializer(many=True)
