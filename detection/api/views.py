"""Verdicts, forecasts and anomalies."""

from __future__ import annotations

from functools import partial

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aqi_project import clock
from aqi_project.api import ApiError
from aqi_project.api.batches import batch_of
from aqi_project.api.callers import caller_key, require
from aqi_project.api.keys import PREDICT
from aqi_project.api.pagination import Order
from aqi_project.api.query import read_query
from aqi_project.api.schema import NOW, curl
from detection import audit
from detection.api import metrics, serializers
from detection.api.anomalies import anomaly_or_404, query_of
from detection.api.forecasts import ahead, series_of
from detection.api.sensors import describe
from detection.api.verdicts import Desk
from detection.models import Anomaly
from ingestion.api.access import sees, station_or_404, visible

NEWEST_FIRST = Order(("start", "_id"), -1)


def desk(request: Request) -> Desk:
    """Whoever sends a key needs one that may ask; without a key, public sensors answer within the limit."""
    if request.auth:
        require(request, PREDICT)
    return Desk(caller_key(request), clock.now(), int(request.LANGUAGE_CODE == "ur"), partial(sees, request))


class Predict(APIView):
    """The verdict on one value."""

    @extend_schema(
        operation_id="predict",
        extensions=curl("predict", {"timestamp": NOW, "sensor_id": "lahore/pm2_5", "value": 480}),
        request=serializers.PointSerializer,
        responses=serializers.VerdictSerializer,
    )
    def post(self, request: Request) -> Response:
        with metrics.answered.time():
            one = desk(request)
            with metrics.refused.count_exceptions(ApiError):
                answer = one.answer(request.data)
            _note(one, failed=0)
        return Response(answer)


class PredictBatch(APIView):
    """The verdicts on a list of values, 10,000 at most. A bad item fails alone."""

    @extend_schema(
        operation_id="predict_batch",
        extensions=curl("predict/batch", [{"timestamp": NOW, "sensor_id": "lahore/pm2_5", "value": 80}]),
        request=serializers.PointSerializer(many=True),
        responses=serializers.BatchSerializer,
    )
    def post(self, request: Request) -> Response:
        items = batch_of(request.data, "timestamp, sensor_id and value")
        with metrics.answered.time():
            one = desk(request)
            answers = one.answers(items)
            failed = sum("error" in answer for answer in answers)
            _note(one, failed)
        return Response({"count": len(answers), "failed": failed, "results": answers})


def _note(one: Desk, failed: int) -> None:
    """The audit trail and the counters learn what was served."""
    documents = one.trail()
    audit.trail.put(documents)
    anomalies = sum(document["anomalies"] for document in documents)
    metrics.verdicts.labels("yes").inc(anomalies)
    metrics.verdicts.labels("no").inc(sum(document["count"] for document in documents) - anomalies)
    metrics.refused.inc(failed)


class Forecasts(APIView):
    """The expected values of the next hours."""

    @extend_schema(
        operation_id="forecast",
        extensions=curl("stations/lahore/forecast?hours=24"),
        parameters=[serializers.ForecastQuery],
        responses=serializers.ForecastSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        station_or_404(request, slug)
        wanted = read_query(serializers.ForecastQuery, request)
        series = series_of(slug, wanted.get("variable"))
        about = {"station": slug, "variable": series.variable, "unit": describe(series).unit}
        return Response(serializers.ForecastSerializer({**about, **ahead(series, wanted["hours"])}).data)


class Anomalies(APIView):
    """What was unusual, newest first."""

    @extend_schema(
        operation_id="list_anomalies",
        extensions=curl("anomalies?station=lahore&severity=minor&limit=5"),
        parameters=[serializers.AnomalyQuery],
        responses=serializers.AnomalyPageSerializer,
    )
    def get(self, request: Request) -> Response:
        wanted = read_query(serializers.AnomalyQuery, request)
        query = {"$and": [visible(request), query_of(wanted)]}
        return NEWEST_FIRST.answer(request, Anomaly, query, wanted, serializers.AnomalySerializer)


class OneAnomaly(APIView):
    """One anomaly, by its id."""

    @extend_schema(
        operation_id="get_anomaly", extensions=curl("anomalies/$ANOMALY"), responses=serializers.AnomalySerializer
    )
    def get(self, request: Request, identifier: str) -> Response:
        return Response(serializers.AnomalySerializer(anomaly_or_404(request, identifier)).data)
