"""Which stations a caller may see."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from aqi_project.api.callers import is_staff, may
from aqi_project.api.keys import READ_PRIVATE
from ingestion.models import Station


def sees(request: Request, slug: str) -> bool:
    """Whether the caller may see this station although it is not public: staff, or a key with the scope."""
    return may(request, READ_PRIVATE, slug)


def visible(request: Request, field: str = "station") -> dict[str, Any]:
    """The query for a collection with the stations' slugs in `field`: those that are there and that the caller may see.

    What a private station leaves when it is deleted stays private.
    """
    if is_staff(request):
        return {}
    stations = Station.objects.values_list("slug", "is_public")
    return {field: {"$in": [slug for slug, is_public in stations if is_public or sees(request, slug)]}}


def station_or_404(request: Request, slug: str) -> Station:
    """The station, or NotFound with a sentence; one that the caller may not see is not there."""
    station = Station.objects.filter(slug=slug).first()
    if station is None or not (station.is_public or sees(request, slug)):
        raise NotFound(f"There is no station {slug!r}. GET /api/v1/stations lists the stations.")
    return station
