"""Stations and what they sent."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aqi_project import clock
from aqi_project.api.pages import Order
from aqi_project.api.query import read_query
from ingestion.api import serializers
from ingestion.api.access import sees_private, station_or_404
from ingestion.api.readings import describe_index, newest, span, units_of
from ingestion.models import Reading, Station

BY_SLUG = Order(("slug",), 1)
NEWEST_FIRST = Order(("at",), -1)


class Stations(APIView):
    """The stations, by slug."""

    @extend_schema(
        operation_id="list_stations", parameters=[serializers.StationQuery], responses=serializers.StationPageSerializer
    )
    def get(self, request: Request) -> Response:
        wanted = read_query(serializers.StationQuery, request)
        query: dict[str, Any] = {} if sees_private(request) else {"is_public": True}
        if "city" in wanted:
            query["city"] = wanted["city"]
        stations, following = BY_SLUG.page(request, Station, query, wanted)
        rows = serializers.StationSerializer(stations, many=True).data
        return Response({"next": following, "results": rows})


class OneStation(APIView):
    """One station and what it measures."""

    @extend_schema(operation_id="get_station", responses=serializers.StationDetailSerializer)
    def get(self, request: Request, slug: str) -> Response:
        station = station_or_404(request, slug)
        document = {field.attname: getattr(station, field.attname) for field in Station._meta.concrete_fields}
        document["expected_interval"] = station.expected_interval.total_seconds() * 1000
        reading = newest(slug)
        document["variables"] = units_of(reading["values"]) if reading else {}
        return Response(serializers.StationDetailSerializer(document).data)


class Readings(APIView):
    """A station's readings, newest first."""

    @extend_schema(
        operation_id="list_readings", parameters=[serializers.ReadingQuery], responses=serializers.ReadingPageSerializer
    )
    def get(self, request: Request, slug: str) -> Response:
        station = station_or_404(request, slug)
        wanted = read_query(serializers.ReadingQuery, request)
        readings, following = NEWEST_FIRST.page(request, Reading, span(station.slug, wanted), wanted)
        units = units_of({code for reading in readings for code in reading["values"]})
        rows = serializers.ReadingSerializer(readings, many=True).data
        return Response({"station": slug, "units": units, "next": following, "results": rows})


class Latest(APIView):
    """A station's newest reading with its air quality index."""

    @extend_schema(operation_id="latest_reading", responses=serializers.LatestSerializer)
    def get(self, request: Request, slug: str) -> Response:
        station = station_or_404(request, slug)
        reading = newest(slug)
        if reading is None:
            raise NotFound(f"{slug} has sent nothing yet. Ask again after its first reading.")
        age = int((clock.now() - clock.aware(reading["at"])).total_seconds())
        about = {"units": units_of(reading["values"]), "age_seconds": age, "is_recording": station.is_recording}
        return Response(serializers.LatestSerializer({**reading, **about, "index": describe_index(reading)}).data)
