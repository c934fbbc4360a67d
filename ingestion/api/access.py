"""Which stations a caller may see."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from ingestion.models import Station


def sees_private(request: Request) -> bool:
    """Staff see stations that are not public."""
    return bool(request.user and request.user.is_staff)


def visible(request: Request) -> dict[str, Any]:
    """The query for a collection with a field `station`: all but those that the caller may not see."""
    if sees_private(request):
        return {}
    hidden = list(Station.objects.filter(is_public=False).values_list("slug", flat=True))
    return {"station": {"$nin": hidden}} if hidden else {}


def station_or_404(request: Request, slug: str) -> Station:
    """The station, or NotFound with a sentence; one that the caller may not see is not there."""
    station = Station.objects.filter(slug=slug).first()
    if station is None or not (station.is_public or sees_private(request)):
        raise NotFound(f"There is no station {slug!r}. GET /api/v1/stations lists the stations.")
    return station
