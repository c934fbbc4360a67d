"""The page of a city that has several stations."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from aqi_project.mongo import newest_each
from aqi_project.web.csv_response import as_csv
from dashboard.addresses import public_station, station_url
from dashboard.city.compare import Comparison, compare, why_headline
from dashboard.refusals import unknown_pollutant
from dashboard.views.city import city_page
from ingestion.models import City, Reading, Station, Variable
from ingestion.stations.alphabet import by_name
from ingestion.stations.compare import foremost, headline, of_city

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
    first, stations, variables = _sources(city)
    stations, variable = by_name(stations), _chosen(request, variables)
    context = {
        "city": City.called([city])[city],
        "station": first,
        "why": why_headline(first, stations),
        "variables": variables,
        "variable": variable,
        "comparison": _compared(stations, variable),
    }
    return render(request, "dashboard/compare.html", context)


@require_safe
def table(request: HttpRequest, city: str) -> HttpResponse:
    """The same hours as a table, newest first: a column for each station, by its slug."""
    first, stations, variables = _sources(city)
    if refused := unknown_pollutant(request, first, [one.code for one in variables]):
        return refused
    variable = _chosen(request, variables)
    columns = ("at", *(station.slug for station in stations), "median", "unit", "times_apart")
    unit, name = (variable.unit, f"{city}-{variable.code}-sources") if variable else ("", f"{city}-sources")
    rows = _compared(stations, variable).rows
    return as_csv(name, columns, ((hour.at, *values, hour.median, unit, hour.spread) for hour, values in rows))


def _sources(city: str) -> tuple[Station, list[Station], list[Variable]]:
    """The headline station, all stations, and what they measure."""
    stations = of_city(city)
    first = foremost(stations)
    if first is None:
        raise Http404("There is no city of that name here.")
    return first, stations, _measured(stations)


def _chosen(request: HttpRequest, variables: list[Variable]) -> Variable | None:
    """The variable of the address, or what most people came for, or any."""
    known = {one.code: one for one in variables}
    return known.get(request.GET.get("pollutant", USUAL)) or next(iter(variables), None)


def _compared(stations: list[Station], variable: Variable | None) -> Comparison:
    code = variable.code if variable else USUAL
    return compare(stations, code, from_zero=variable is None or variable.is_pollutant)


def _measured(stations: list[Station]) -> list[Variable]:
    """What the stations sent last."""
    newest = newest_each(Reading, "station", "at", [one.slug for one in stations], "values")
    codes = {code for reading in newest for code in reading["values"]}
    return list(Variable.objects.filter(code__in=sorted(codes)))
