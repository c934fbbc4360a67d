"""Models: what serves, what served, and letting another version serve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aqi_project.api import ApiError
from aqi_project.api.callers import require
from aqi_project.api.keys import MANAGE
from aqi_project.api.pages import Order, PageSerializer
from aqi_project.api.query import read_query
from detection import registry, serving
from detection.api.sensors import unknown
from detection.models import ModelVersion, Promotion, Series
from ingestion.api.access import station_or_404, visible

NEWEST_FIRST = Order(("number",), -1)
UNTOLD = "asked for through the API"
BY_KEY = Order(("key",), 1)
Base = serializers.Serializer[Any]


class VersionSerializer(Base):
    number = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    reason = serializers.ChoiceField(choices=ModelVersion.Reason.choices)
    parent = serializers.IntegerField(allow_null=True, help_text="The champion when it was trained.")
    parameters = serializers.JSONField()
    trained_from = serializers.DateTimeField()
    trained_to = serializers.DateTimeField()
    rows = serializers.IntegerField()
    data_hash = serializers.CharField()
    metrics = serializers.JSONField()
    libraries = serializers.JSONField()
    seconds = serializers.FloatField()


class VersionPageSerializer(Base):
    next = serializers.URLField(allow_null=True)
    results = VersionSerializer(many=True)


class ModelSerializer(Base):
    sensor_id = serializers.CharField(source="key")
    is_active = serializers.BooleanField()
    champion = serializers.IntegerField(allow_null=True, help_text="The version that serves.")
    challenger = serializers.IntegerField(allow_null=True)
    false_alarms_per_month = serializers.FloatField()
    hard_min = serializers.FloatField(allow_null=True)
    hard_max = serializers.FloatField(allow_null=True)
    training_error = serializers.CharField(allow_blank=True)


class ModelPageSerializer(Base):
    next = serializers.URLField(allow_null=True)
    results = ModelSerializer(many=True)


class ModelInfoSerializer(ModelSerializer):
    version = VersionSerializer(allow_null=True)
    knows_from = serializers.DateTimeField(allow_null=True, help_text="Verdicts are possible from here …")
    knows_to = serializers.DateTimeField(allow_null=True, help_text="… to here.")


class PromoteSerializer(Base):
    number = serializers.IntegerField(min_value=1, help_text="The version that shall serve.")
    why = serializers.CharField(max_length=400, default=UNTOLD, help_text="The reason, which is kept.")


class RollbackSerializer(Base):
    why = serializers.CharField(max_length=400, default=UNTOLD, help_text="The reason, which is kept.")


class Models(APIView):
    """Every modelled series and the version that serves it."""

    @extend_schema(operation_id="list_models", parameters=[PageSerializer], responses=ModelPageSerializer)
    def get(self, request: Request) -> Response:
        wanted = read_query(PageSerializer, request)
        found, following = BY_KEY.page(request, Series, visible(request), wanted)
        return Response({"next": following, "results": ModelSerializer(found, many=True).data})


class OneModel(APIView):
    """One series, the version that serves it, and the times for which it can."""

    @extend_schema(operation_id="get_model", responses=ModelInfoSerializer)
    def get(self, request: Request, slug: str, variable: str) -> Response:
        return Response(_info(_series(request, slug, variable)))


class Versions(APIView):
    """All versions of a series, newest first."""

    @extend_schema(operation_id="list_versions", parameters=[PageSerializer], responses=VersionPageSerializer)
    def get(self, request: Request, slug: str, variable: str) -> Response:
        series = _series(request, slug, variable)
        wanted = read_query(PageSerializer, request)
        found, following = NEWEST_FIRST.page(request, ModelVersion, {"series": series.key}, wanted)
        return Response({"next": following, "results": VersionSerializer(found, many=True).data})


class Promote(APIView):
    """Let a version serve. All processes serve it within a second."""

    @extend_schema(operation_id="promote", request=PromoteSerializer, responses=ModelInfoSerializer)
    def post(self, request: Request, slug: str, variable: str) -> Response:
        require(request, MANAGE, slug)
        series = _series(request, slug, variable)
        wanted = PromoteSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        number, why = wanted.validated_data["number"], wanted.validated_data["why"]
        if not ModelVersion.objects.filter(series=series.key, number=number).exists():
            text = f"{series.key} has no version {number}. GET …/versions lists what there is."
            raise ApiError(404, "unknown_version", text, "number")
        return Response(_changed(series, lambda: registry.promote(series, number, who=_who(request), why=why)))


class Rollback(APIView):
    """Let the version serve again that served before the champion was promoted."""

    @extend_schema(operation_id="rollback", request=RollbackSerializer, responses=ModelInfoSerializer)
    def post(self, request: Request, slug: str, variable: str) -> Response:
        require(request, MANAGE, slug)
        series = _series(request, slug, variable)
        wanted = RollbackSerializer(data=request.data or {})
        wanted.is_valid(raise_exception=True)
        if registry.previous(series) is None:
            text = f"{series.key} has no earlier champion. Promote a version by its number."
            raise ApiError(409, "no_earlier_version", text)
        why = wanted.validated_data["why"]
        return Response(_changed(series, lambda: registry.rollback(series, who=_who(request), why=why)))


class ModelInfo(APIView):
    """The same as get_model, by sensor_id: for clients of other anomaly services."""

    @extend_schema(
        operation_id="model_info", parameters=[OpenApiParameter("sensor_id", str)], responses=ModelInfoSerializer
    )
    def get(self, request: Request) -> Response:
        sensor_id = request.query_params.get("sensor_id", "lahore/pm2_5")
        try:
            series = serving.champion(sensor_id).series
        except serving.UnknownSeriesError as error:
            raise unknown(str(error)) from None
        station_or_404(request, series.station)
        return Response(_info(series))


def _series(request: Request, slug: str, variable: str) -> Series:
    station_or_404(request, slug)
    series = Series.objects.filter(key=f"{slug}/{variable}").first()
    if series is None:
        raise unknown(serving.nothing_called(f"{slug}/{variable}"))
    return series


def _changed(series: Series, change: Callable[[], Promotion]) -> dict[str, Any]:
    try:
        change()
    except registry.RegistryError as error:
        raise ApiError(409, "conflict", str(error)) from error
    series.refresh_from_db()
    return _info(series)


def _who(request: Request) -> str:
    """A person's name, or that of the API key."""
    return request.user.get_username() or f"API key {request.auth}"


def _info(series: Series) -> dict[str, Any]:
    about = {field: getattr(series, field) for field in ModelSerializer().fields if field != "sensor_id"}
    version = ModelVersion.objects.filter(series=series.key, number=series.champion).first()
    band = serving.band_of(version) if version else None
    knows = {"knows_from": band.start, "knows_to": band.end} if band else {"knows_from": None, "knows_to": None}
    return dict(ModelInfoSerializer({"key": series.key, **about, "version": version, **knows}).data)
