"""Stations and what they sent."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aqi_project import clock
from aqi_project.api.batches import batch_of
from aqi_project.api.callers import may, require
from aqi_project.api.keys import INGEST
from aqi_project.api.pagination import Order, PageSerializer
from aqi_project.api.query import read_query
from aqi_project.api.schema import NOW, curl
from aqi_project.mongo import collection
from ingestion.api import means, serializers
from ingestion.api.access import station_or_404, visible
from ingestion.api.export import csv_lines, mean_lines
from ingestion.api.push import STATUSES, take_in
from ingestion.api.quality import indices, quality
from ingestion.api.readings import describe_index, newest, span, units_of
from ingestion.models import City, Reading, Station, Variable
from ingestion.stations.present import present

BY_CODE = Order(("code",), 1)
BY_SLUG = Order(("slug",), 1)
NEWEST_FIRST = Order(("at",), -1)


class Stations(APIView):
    """The stations, by slug."""

    @extend_schema(
        operation_id="list_stations",
        extensions=curl("stations?city=lahore"),
        parameters=[serializers.StationQuery],
        responses=serializers.StationPageSerializer,
    )
    def get(self, request: Request) -> Response:
        wanted = read_query(serializers.StationQuery, request)
        query = {**visible(request, "slug"), **({"city": wanted["city"]} if "city" in wanted else {})}
        return BY_SLUG.answer(request, Station, query, wanted, serializers.StationSerializer)


class OneStation(APIView):
    """One station and what it measures."""

    @extend_schema(
        operation_id="get_station", extensions=curl("stations/lahore"), responses=serializers.StationDetailSerializer
    )
    def get(self, request: Request, slug: str) -> Response:
        station = station_or_404(request, slug)
        document = {field.attname: getattr(station, field.attname) for field in Station._meta.concrete_fields}
        document["expected_interval"] = station.expected_interval.total_seconds() * 1000
        reading = newest(slug)
        document["variables"] = units_of(reading["values"]) if reading else {}
        return Response(serializers.StationDetailSerializer(document).data)


class Readings(APIView):
    """A station's readings, newest first; its means; or the whole span as CSV."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whoever asks for CSV in the address may say so in `Accept` too; refusals stay JSON."""
        return super().perform_content_negotiation(request, force or request.query_params.get("format") == "csv")

    @extend_schema(
        operation_id="list_readings",
        extensions=curl("stations/lahore/readings?mean=daily&format=csv"),
        parameters=[serializers.ReadingQuery],
        responses={(200, "application/json"): serializers.EITHER_PAGE, (200, "text/csv"): str},
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        station = station_or_404(request, slug)
        wanted = read_query(serializers.ReadingQuery, request)
        if wanted["format"] == "csv":
            return _csv(station, wanted)
        if wanted["mean"] == "raw":
            readings, following = NEWEST_FIRST.page(request, Reading, span(station.slug, wanted), wanted)
            rows = serializers.ReadingSerializer(readings, many=True).data
        else:
            readings, following = means.page(request, station, wanted)
            rows = serializers.MeanSerializer(readings, many=True).data
        units = units_of({code for reading in readings for code in reading["values"]})
        return Response({"station": slug, "units": units, "next": following, "results": rows})


def _csv(station: Station, wanted: dict[str, Any]) -> HttpResponseBase:
    lines = csv_lines if wanted["mean"] == "raw" else mean_lines
    name = f"{station.slug}-{wanted['mean']}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines(station, wanted), content_type="text/csv; charset=utf-8", headers=headers)


class Push(APIView):
    """Readings that a station sends by itself: up to 10,000 items, an answer for each. Safe to repeat."""

    @extend_schema(
        operation_id="push_readings",
        extensions=curl(
            "readings", [{"station": "temp-01", "timestamp": NOW, "values": {"temperature": 70.5}}], key=True
        ),
        request=serializers.PushedSerializer(many=True),
        responses=serializers.PushResultSerializer,
    )
    def post(self, request: Request) -> Response:
        require(request, INGEST)
        items = batch_of(request.data, "station, timestamp and values")
        answers = take_in(items, partial(may, request, INGEST))
        counts = Counter(answer["status"] for answer in answers)
        return Response({status: counts[status] for status in STATUSES} | {"results": answers})


class Latest(APIView):
    """A station's newest reading with its air quality index."""

    @extend_schema(
        operation_id="latest_reading", extensions=curl("stations/lahore/latest"), responses=serializers.LatestSerializer
    )
    def get(self, request: Request, slug: str) -> Response:
        station = station_or_404(request, slug)
        reading = newest(slug)
        if reading is None:
            raise NotFound(f"{slug} has sent nothing yet. Ask again after its first reading.")
        age = int((present(station) - clock.aware(reading["at"])).total_seconds())
        about = {"units": units_of(reading["values"]), "age_seconds": age, "is_recording": station.is_recording}
        return Response(serializers.LatestSerializer({**reading, **about, "index": describe_index(reading)}).data)


class Variables(APIView):
    """What is measured, in which unit."""

    @extend_schema(
        operation_id="list_variables",
        extensions=curl("variables"),
        parameters=[PageSerializer],
        responses=serializers.VariablePageSerializer,
    )
    def get(self, request: Request) -> Response:
        wanted = read_query(PageSerializer, request)
        return BY_CODE.answer(request, Variable, {}, wanted, serializers.VariableSerializer)


class Cities(APIView):
    """What the cities of stations are called, by slug."""

    @extend_schema(
        operation_id="list_cities",
        extensions=curl("cities"),
        parameters=[PageSerializer],
        responses=serializers.CityPageSerializer,
    )
    def get(self, request: Request) -> Response:
        wanted = read_query(PageSerializer, request)
        named = {"slug": {"$in": collection(Station).distinct("city", visible(request, "slug"))}}
        return BY_SLUG.answer(request, City, named, wanted, serializers.CitySerializer)


class Quality(APIView):
    """Whether a station is there, how complete its days are, and what was doubted."""

    @extend_schema(
        operation_id="quality",
        extensions=curl("stations/lahore/quality?days=7"),
        parameters=[serializers.QualityQuery],
        responses=serializers.QualitySerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        station = station_or_404(request, slug)
        wanted = read_query(serializers.QualityQuery, request)
        return Response(serializers.QualitySerializer(quality(station, wanted["days"])).data)


class Aqi(APIView):
    """A station's air quality index by any of the standards, newest first."""

    @extend_schema(
        operation_id="aqi",
        extensions=curl("stations/lahore/aqi?standard=india_cpcb&hours=6"),
        parameters=[serializers.AqiQuery],
        responses=serializers.AqiSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        station = station_or_404(request, slug)
        wanted = read_query(serializers.AqiQuery, request)
        found = indices(station, wanted["standard"], wanted["hours"])
        return Response(serializers.AqiSerializer(found).data)
