"""Models: what serves, and letting another version serve."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from aqi_project.api import ApiError
from aqi_project.api.callers import require, who
from aqi_project.api.keys import MANAGE
from aqi_project.api.pagination import Order, PageSerializer
from aqi_project.api.query import read_query
from aqi_project.api.schema import curl
from detection.api import model_serializers as shapes
from detection.api.sensors import champion_of, series_or_404
from detection.live import serving
from detection.models import ModelVersion, Series
from detection.versions.registry import RegistryError, promote, rollback
from ingestion.api.access import sees, visible

BY_KEY = Order(("key",), 1)
USUAL_SENSOR = "lahore/pm2_5"  # other services have one model, and their clients name none


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
        return BY_KEY.answer(request, Series, visible(request), wanted, shapes.ModelSerializer)


class OneModel(APIView):
    """One series, the version that serves it, and the times for which it can."""

    @extend_schema(
        operation_id="get_model", extensions=curl("models/lahore/pm2_5"), responses=shapes.ModelInfoSerializer
    )
    def get(self, request: Request, slug: str, variable: str) -> Response:
        return Response(_info(series_or_404(request, slug, variable)))


class Promote(APIView):
    """Let a version serve. All processes serve it within a second."""

    @extend_schema(
        operation_id="promote",
        extensions=curl("models/lahore/pm2_5/promote", {"number": 2, "why": "fits the new sensor"}, key=True),
        request=shapes.PromoteSerializer,
        responses=shapes.ModelInfoSerializer,
    )
    def post(self, request: Request, slug: str, variable: str) -> Response:
        return _changed(promote, shapes.PromoteSerializer, request, slug, variable)


class Rollback(APIView):
    """Let the version serve again that served before."""

    @extend_schema(
        operation_id="rollback",
        extensions=curl("models/lahore/pm2_5/rollback", {"why": "too many alarms"}, key=True),
        request=shapes.RollbackSerializer,
        responses=shapes.ModelInfoSerializer,
    )
    def post(self, request: Request, slug: str, variable: str) -> Response:
        return _changed(rollback, shapes.RollbackSerializer, request, slug, variable)


class ModelInfo(APIView):
    """The same as get_model, by sensor_id: for clients of other anomaly services."""

    @extend_schema(
        operation_id="model_info",
        extensions=curl("/model/info?sensor_id=lahore/pm2_5"),
        parameters=[OpenApiParameter("sensor_id", str, default=USUAL_SENSOR)],
        responses=shapes.ModelInfoSerializer,
    )
    def get(self, request: Request) -> Response:
        sensor_id = request.query_params.get("sensor_id", USUAL_SENSOR)
        return Response(_info(champion_of(sensor_id, partial(sees, request)).series))


def _changed(
    change: Callable[..., Any], shape: type[Serializer[Any]], request: Request, slug: str, variable: str
) -> Response:
    """What serves after a change of the registry's, which takes what `shape` describes."""
    require(request, MANAGE, slug)
    series = series_or_404(request, slug, variable)
    wanted = shape(data=request.data)
    wanted.is_valid(raise_exception=True)
    try:
        change(series, **wanted.validated_data, who=who(request))
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
