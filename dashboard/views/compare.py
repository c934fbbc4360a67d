"""The page of a city that has several stations."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from aqi_project.mongo import newest_each
from dashboard.addresses import public_station, station_url
from dashboard.city.compare import compare, why_headline
from dashboard.views.city import city_page
from ingestion.compare import headline, of_city
from ingestion.models import Reading, Station, Variable

USUAL = "pm2_5"


@require_safe
@never_cache
def city(request: HttpRequest, city: str) -> HttpResponse:
    """A city's number is that of its headline station. Who names a station here is led to it."""
    first = headline(city)
    return city_page(request, first) if first else redirect(station_url(public_station(city)))


@require_safe
@never_cache
def side_by_side(request: HttpRequest, city: str) -> HttpResponse:
    """What each source says of the same hours, and how far they are apart."""
    stations, first = of_city(city), _headline_or_404(city)
    variables = _measured(stations)
    codes = [variable.code for variable in variables]
    wanted = request.GET.get("pollutant", USUAL)
    code = wanted if wanted in codes else next(iter(codes), USUAL)
    variable = next((one for one in variables if one.code == code), None)
    context = {
        "station": first,
        "why": why_headline(first, stations),
        "variables": variables,
        "variable": variable,
        "comparison": compare(stations, code, from_zero=variable is None or variable.is_pollutant),
    }
    return render(request, "dashboard/compare.html", context)


def _headline_or_404(city: str) -> Station:
    found = headline(city)
    if found is None:
        raise Http404("There is no city of that name here.")
    return found


def _measured(stations: list[Station]) -> list[Variable]:
    """What the stations sent last."""
    newest = newest_each(Reading, "station", "at", [one.slug for one in stations], "values")
    codes = {code for reading in newest for code in reading["values"]}
    return list(Variable.objects.filter(code__in=sorted(codes)))
