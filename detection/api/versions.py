"""Models: what serves, what served, and letting another version serve."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aqi_project.api import ApiError
from aqi_project.api.callers import caller_key, require
from aqi_project.api.keys import MANAGE
from aqi_project.api.pages import Order, PageSerializer
from aqi_project.api.query import read_query
from detection import serving
from detection.api.sensors import unknown
from detection.lifecycle import DriftReport, TrainingRun
from detection.models import ModelVersion, Series
from detection.registry import RegistryError, promote, rollback
from ingestion.api.access import station_or_404, visible

NEWEST_FIRST = Order(("number",), -1)
NEWEST_RUN = Order(("requested_at", "_id"), -1)
NEWEST_REPORT = Order(("at", "_id"), -1)
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
    why = serializers.CharField(max_length=500, help_text="Kept with the change.")


class RollbackSerializer(Base):
    why = serializers.CharField(max_length=500, help_text="Kept with the change.")


class RunSerializer(Base):
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    why = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=TrainingRun.State.choices)
    version = serializers.IntegerField(allow_null=True, help_text="The version that it wrote.")
    promoted = serializers.BooleanField()
    seconds = serializers.FloatField(allow_null=True)
    outcome = serializers.CharField(allow_blank=True)


class RunPageSerializer(Base):
    next = serializers.URLField(allow_null=True)
    results = RunSerializer(many=True)


class DriftSerializer(Base):
    at = serializers.DateTimeField()
    verdict = serializers.ChoiceField(choices=DriftReport.Verdict.choices)
    reason = serializers.CharField(help_text="The test that decided.")
    since = serializers.DateTimeField(allow_null=True, help_text="The likeliest time of the change.")
    factor = serializers.FloatField(allow_null=True)
    is_new = serializers.BooleanField()
    sentence = serializers.CharField()
    sentence_ur = serializers.CharField(allow_blank=True)


class DriftPageSerializer(Base):
    next = serializers.URLField(allow_null=True)
    results = DriftSerializer(many=True)


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
        given = wanted.validated_data
        return _changed(series, partial(promote, series, given["number"], who=_who(request), why=given["why"]))


class Rollback(APIView):
    """Let the version serve again that served before."""

    @extend_schema(operation_id="rollback", request=RollbackSerializer, responses=ModelInfoSerializer)
    def post(self, request: Request, slug: str, variable: str) -> Response:
        require(request, MANAGE, slug)
        series = _series(request, slug, variable)
        wanted = RollbackSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        return _changed(series, partial(rollback, series, who=_who(request), why=wanted.validated_data["why"]))


class Runs(APIView):
    """The trainings of a series, newest first, with what became of them."""

    @extend_schema(operation_id="list_training_runs", parameters=[PageSerializer], responses=RunPageSerializer)
    def get(self, request: Request, slug: str, variable: str) -> Response:
        query = {"series": _series(request, slug, variable).key}
        found, following = NEWEST_RUN.page(request, TrainingRun, query, read_query(PageSerializer, request))
        return Response({"next": following, "results": RunSerializer(found, many=True).data})


class Drift(APIView):
    """Does the series still behave as it did? One check a day, newest first."""

    @extend_schema(operation_id="list_drift_reports", parameters=[PageSerializer], responses=DriftPageSerializer)
    def get(self, request: Request, slug: str, variable: str) -> Response:
        query = {"series": _series(request, slug, variable).key}
        found, following = NEWEST_REPORT.page(request, DriftReport, query, read_query(PageSerializer, request))
        return Response({"next": following, "results": DriftSerializer(found, many=True).data})


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


def _changed(series: Series, change: Callable[[], Any]) -> Response:
    try:
        change()
    except RegistryError as error:
        raise ApiError(409, "refused", str(error)) from None
    series.refresh_from_db()
    return Response(_info(series))


def _who(request: Request) -> str:
    return f"key {caller_key(request)}" if caller_key(request) else str(request.user)


def _info(series: Series) -> dict[str, Any]:
    about = {field: getattr(series, field) for field in ModelSerializer().fields if field != "sensor_id"}
    version = ModelVersion.objects.filter(series=series.key, number=series.champion).first()
    band = serving.band_of(version) if version else None
    knows = {"knows_from": band.start, "knows_to": band.end} if band else {"knows_from": None, "knows_to": None}
    return dict(ModelInfoSerializer({"key": series.key, **about, "version": version, **knows}).data)
