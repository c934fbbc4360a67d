"""Models: what serves, what served, and letting another version serve."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aqi_project.api import ApiError
from aqi_project.api.callers import require, who
from aqi_project.api.keys import MANAGE
from aqi_project.api.pages import Order, PageSerializer
from aqi_project.api.query import read_query
from aqi_project.api.schema import curl
from detection.api import model_serializers as shapes
from detection.api.sensors import unknown
from detection.lifecycle.history import DriftReport, TrainingRun
from detection.lifecycle.registry import RegistryError, promote, rollback
from detection.lifecycle.scoreboard import MonthlyRecord
from detection.live import serving
from detection.models import ModelVersion, Series
from ingestion.api.access import station_or_404, visible

NEWEST_FIRST = Order(("number",), -1)
NEWEST_RUN = Order(("requested_at", "_id"), -1)
NEWEST_REPORT = Order(("at", "_id"), -1)
NEWEST_MONTH = Order(("month", "hours"), -1)
BY_KEY = Order(("key",), 1)


class Models(APIView):
    """Every modelled series and the version that serves it."""

    @extend_schema(
        operation_id="list_models",
        extensions=curl("models"),
        parameters=[PageSerializer],
        responses=shapes.ModelPageSerializer,
    )
    def get(self, request: Request) -> Response:
        wanted = read_query(PageSerializer, request)
        found, following = BY_KEY.page(request, Series, visible(request), wanted)
        return Response({"next": following, "results": shapes.ModelSerializer(found, many=True).data})


class OneModel(APIView):
    """One series, the version that serves it, and the times for which it can."""

    @extend_schema(
        operation_id="get_model", extensions=curl("models/lahore/pm2_5"), responses=shapes.ModelInfoSerializer
    )
    def get(self, request: Request, slug: str, variable: str) -> Response:
        return Response(_info(_series(request, slug, variable)))


class Versions(APIView):
    """All versions of a series, newest first."""

    @extend_schema(
        operation_id="list_versions",
        extensions=curl("models/lahore/pm2_5/versions"),
        parameters=[PageSerializer],
        responses=shapes.VersionPageSerializer,
    )
    def get(self, request: Request, slug: str, variable: str) -> Response:
        series = _series(request, slug, variable)
        wanted = read_query(PageSerializer, request)
        found, following = NEWEST_FIRST.page(request, ModelVersion, {"series": series.key}, wanted)
        return Response({"next": following, "results": shapes.VersionSerializer(found, many=True).data})


class Promote(APIView):
    """Let a version serve. All processes serve it within a second."""

    @extend_schema(
        operation_id="promote",
        extensions=curl("models/lahore/pm2_5/promote", {"number": 2, "why": "fits the new sensor"}, key=True),
        request=shapes.PromoteSerializer,
        responses=shapes.ModelInfoSerializer,
    )
    def post(self, request: Request, slug: str, variable: str) -> Response:
        require(request, MANAGE, slug)
        series = _series(request, slug, variable)
        wanted = shapes.PromoteSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        given = wanted.validated_data
        return _changed(series, partial(promote, series, given["number"], who=who(request), why=given["why"]))


class Rollback(APIView):
    """Let the version serve again that served before."""

    @extend_schema(
        operation_id="rollback",
        extensions=curl("models/lahore/pm2_5/rollback", {"why": "too many alarms"}, key=True),
        request=shapes.RollbackSerializer,
        responses=shapes.ModelInfoSerializer,
    )
    def post(self, request: Request, slug: str, variable: str) -> Response:
        require(request, MANAGE, slug)
        series = _series(request, slug, variable)
        wanted = shapes.RollbackSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        return _changed(series, partial(rollback, series, who=who(request), why=wanted.validated_data["why"]))


class Runs(APIView):
    """The trainings of a series, newest first, with what became of them."""

    @extend_schema(
        operation_id="list_training_runs",
        extensions=curl("models/lahore/pm2_5/runs"),
        parameters=[PageSerializer],
        responses=shapes.RunPageSerializer,
    )
    def get(self, request: Request, slug: str, variable: str) -> Response:
        query = {"series": _series(request, slug, variable).key}
        found, following = NEWEST_RUN.page(request, TrainingRun, query, read_query(PageSerializer, request))
        return Response({"next": following, "results": shapes.RunSerializer(found, many=True).data})


class Drift(APIView):
    """Does the series still behave as it did? One check a day, newest first."""

    @extend_schema(
        operation_id="list_drift_reports",
        extensions=curl("models/lahore/pm2_5/drift"),
        parameters=[PageSerializer],
        responses=shapes.DriftPageSerializer,
    )
    def get(self, request: Request, slug: str, variable: str) -> Response:
        query = {"series": _series(request, slug, variable).key}
        found, following = NEWEST_REPORT.page(request, DriftReport, query, read_query(PageSerializer, request))
        return Response({"next": following, "results": shapes.DriftSerializer(found, many=True).data})


class Scores(APIView):
    """What the issued forecasts were worth, by month and hours ahead, newest month first."""

    @extend_schema(
        operation_id="list_forecast_scores",
        extensions=curl("models/lahore/pm2_5/scores"),
        parameters=[PageSerializer],
        responses=shapes.ScorePageSerializer,
    )
    def get(self, request: Request, slug: str, variable: str) -> Response:
        query = {"series": _series(request, slug, variable).key}
        found, following = NEWEST_MONTH.page(request, MonthlyRecord, query, read_query(PageSerializer, request))
        return Response({"next": following, "results": shapes.ScoreSerializer(found, many=True).data})


class ModelInfo(APIView):
    """The same as get_model, by sensor_id: for clients of other anomaly services."""

    @extend_schema(
        operation_id="model_info",
        extensions=curl("/model/info?sensor_id=lahore/pm2_5"),
        parameters=[OpenApiParameter("sensor_id", str)],
        responses=shapes.ModelInfoSerializer,
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


def _info(series: Series) -> dict[str, Any]:
    about = {field: getattr(series, field) for field in shapes.ModelSerializer().fields if field != "sensor_id"}
    version = ModelVersion.objects.filter(series=series.key, number=series.champion).first()
    band = serving.band_of(version) if version else None
    knows = {"knows_from": band.start, "knows_to": band.end} if band else {"knows_from": None, "knows_to": None}
    return dict(shapes.ModelInfoSerializer({"key": series.key, **about, "version": version, **knows}).data)
