"""Explore: a year taken apart, two pollutants against each other, and the same as tables to download."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from aqi_project.web.csv_response import as_csv
from dashboard.past import explore
from dashboard.past.history import years_of
from dashboard.past.hourly import Hourly, hourly
from dashboard.views.history import chosen, chosen_year, variables
from detection.analysis import eda
from ingestion.models import Station


@require_safe
@never_cache
def page(request: HttpRequest, station: Station) -> HttpResponse:
    years = years_of(station)
    if not years:
        return render(request, "dashboard/no_readings.html", {"station": station})
    year, variable, found = _year(request, station, years)
    context = {"station": station, "years": years, "year": year, "variable": variable}
    if found.columns:
        context |= _shown(request, found, variable.code)
    return render(request, "dashboard/explore.html", context)


@require_safe
def table(request: HttpRequest, station: Station) -> HttpResponse:
    """Hourly means of all variables of the year: what every chart of the page is made of. Local wall clock."""
    years = years_of(station)
    if not years:
        return as_csv(station.slug, ("at",), [])
    year, _, found = _year(request, station, years)
    rows = zip(found.times, *(values.tolist() for values in found.columns.values()), strict=True)
    return as_csv(f"{station.slug}-{year}-hours", ("at", *found.columns), rows)


def _year(request: HttpRequest, station: Station, years: list[int]) -> tuple[int, Any, Hourly]:
    """The year and variable of the address; a variable that never came gives way to the first that did."""
    year, there = chosen_year(request, years), variables()
    variable, known = chosen(request, there), {one.code: one for one in there}
    found = hourly(station, list(known), year)
    code = variable.code if variable.code in found.columns else next(iter(found.columns), variable.code)
    return year, known[code], found


def _shown(request: HttpRequest, found: Hourly, code: str) -> dict[str, Any]:
    known = {one.code: one for one in variables() if one.code in found.columns}
    other = request.GET.get("against", "")
    other = other if other in known and other != code else next((one for one in known if one != code), code)
    drawn, correlation = explore.together(found, known, code, other)
    return {
        "variables": list(known.values()),
        "other": known[other],
        "figures": explore.figures(found, known),
        "bins": explore.bins(found.columns[code], known[code]),
        "missing": eda.missing(found.columns[code]),
        "strip": explore.strip(found, code),
        "apart": explore.apart(found, known[code]),
        "together": drawn,
        "correlation": correlation,
        "in_words": explore.in_words(correlation),
        "matrix": explore.matrix(found, known),
    }
