"""What is kept of a series: its versions, trainings, drift reports and the worth of its forecasts, newest first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from aqi_project.api.pagination import Order, PageSerializer
from aqi_project.api.query import read_query
from aqi_project.api.schema import curl
from detection.api import model_serializers as shapes
from detection.api.sensors import series_or_404
from detection.models import DriftReport, ModelVersion, MonthlyRecord, TrainingRun

UNREAD = ("band", "calibration", "held_out")  # of a version: 200 kB


def _listed(operation: str, path: str, pages: type[Serializer[Any]]) -> Callable[[type[APIView]], type[APIView]]:
    """Describes a list in the schema, with its example."""
    example = curl(f"models/lahore/pm2_5/{path}")
    described = extend_schema(operation_id=operation, extensions=example, parameters=[PageSerializer], responses=pages)
    return extend_schema_view(get=described)


class SeriesRecords(APIView):
    """Pages of one collection, of the documents of one series."""

    model: ClassVar[type[models.Model]]
    order: ClassVar[Order]
    shape: ClassVar[type[Serializer[Any]]]

    def get(self, request: Request, slug: str, variable: str) -> Response:
        query = {"series": series_or_404(request, slug, variable).key}
        return self.order.answer(request, self.model, query, read_query(PageSerializer, request), self.shape)


@_listed("list_versions", "versions", shapes.VersionPageSerializer)
class Versions(SeriesRecords):
    """All versions of a series, newest first."""

    model, order, shape = ModelVersion, Order(("number",), -1, UNREAD), shapes.VersionSerializer


@_listed("list_training_runs", "runs", shapes.RunPageSerializer)
class Runs(SeriesRecords):
    """The trainings of a series, newest first, with what became of them."""

    model, order, shape = TrainingRun, Order(("requested_at", "_id"), -1), shapes.RunSerializer


@_listed("list_drift_reports", "drift", shapes.DriftPageSerializer)
class Drift(SeriesRecords):
    """Does the series still behave as it did? One check a day, newest first."""

    model, order, shape = DriftReport, Order(("at", "_id"), -1), shapes.DriftSerializer


@_listed("list_forecast_scores", "scores", shapes.ScorePageSerializer)
class Scores(SeriesRecords):
    """What the issued forecasts were worth, by month and hours ahead, newest month first."""

    model, order, shape = MonthlyRecord, Order(("month", "hours"), -1, rising="hours"), shapes.ScoreSerializer
