"""Where the pages of a station are, and which station an address means."""

from collections.abc import Callable
from functools import wraps

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from ingestion.models import Station

MOST_LISTED = 50


def public_station(slug: str) -> Station:
    return get_object_or_404(Station, slug=slug, is_public=True)


def station_url(station: Station, name: str = "station", **rest: object) -> str:
    """`rest` is what the address names after the station."""
    return reverse(f"dashboard:{name}", kwargs=station.address | rest)


def other_stations(station: Station) -> QuerySet[Station]:
    """The public ones, with what a link to each needs; not asked for before they are looked at."""
    others = Station.objects.filter(is_public=True).exclude(slug=station.slug).order_by("slug")
    return others.only("slug", "name", "name_ur", "city", "is_active")[:MOST_LISTED]


def of_station(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view below `<city>/<station>/`, which gets the station itself.

    Another city in the address leads to the right one. Not for ever, because an admin may change a station's city.
    """

    @wraps(view)
    def found(request: HttpRequest, city: str, station: str, **rest: str) -> HttpResponseBase:
        named = public_station(station)
        if city == named.address["city"]:
            return view(request, station=named, **rest)
        right = station_url(named, request.resolver_match.url_name, **rest)
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(f"{right}?{query}" if query else right)

    return found
