"""History: a year at a glance, and the same as a table to download."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from math import nan
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from aqi_project.web.csv_response import as_csv
from dashboard.city.index import edition_name, steps
from dashboard.city.scene import rank
from dashboard.drawing import plot
from dashboard.past import calendar
from dashboard.past.history import Year, by_month, held, months_by_year, year_of, years_of
from dashboard.refusals import unknown_pollutant
from ingestion.aqi import DEFAULT, standard
from ingestion.models import Station, Variable

PALEST = 0.08
YEARS_SHOWN = 6  # more lines cannot be told apart
YEAR_DIGITS = 4  # Python refuses to read numbers of thousands of digits
Rows = Iterable[Sequence[Any]]


@require_safe
@never_cache
def history(request: HttpRequest, station: Station) -> HttpResponse:
    years = years_of(station)
    if not years:
        return render(request, "dashboard/no_readings.html", {"station": station})
    year = chosen_year(request, years)
    known = variables_of(station, year)
    variable = chosen(request, known)
    found = _seen(station, variable, year)
    context = {
        "station": station,
        "year": year,
        "years": years,
        "variable": variable,
        "variables": known,
        "has_index": any(day.aqi is not None for day in found.days),
        "days_by_month": by_month(found.days),
        "calendar": calendar.months(found.days, year, request.preferences),
        "strip": calendar.strip(found.days),
        "scale": edition_name(standard(DEFAULT).latest),
        "table_since": _table_since(found),
        "steps": steps(replace(request.preferences, standard=DEFAULT)),  # the days have the stored index
        "months": months_plot(months_by_year(station, variable.code), year, from_zero=variable.is_pollutant),
        **drawings(found),
    }
    return render(request, "dashboard/history.html", context)


@require_safe
def history_csv(request: HttpRequest, station: Station) -> HttpResponse:
    """What one chart of the page shows: `table` is a key of TABLES; days, in the station's own zone, without it."""
    wanted = request.GET.get("table", "")
    wanted = wanted if wanted in TABLES else "days"
    columns, rows_of = TABLES[wanted]
    years = years_of(station)
    if not years:
        return as_csv(f"{station.slug}-{wanted}", columns, [])
    year = chosen_year(request, years)
    known = variables_of(station, year)
    if refused := unknown_pollutant(request, station, [variable.code for variable in known], year):
        return refused
    variable = chosen(request, known)
    name = f"{station.slug}-{variable.code}-{year}" + ("" if wanted == "days" else f"-{wanted}")
    return as_csv(name, columns, rows_of(station, variable, year))


def _table_since(year: Year) -> date | None:
    """From when on the newest edition counts, where days before that are among those of the year."""
    since = standard(DEFAULT).latest.in_force_from.date()
    return since if any(day.date < since for day in year.days) else None


def _seen(station: Station, variable: Variable, year: int) -> Year:
    """The zero of a concentration means that there is none; that of a temperature is one value among others."""
    return year_of(station, variable.code, year, from_zero=variable.is_pollutant)


def _day_rows(station: Station, variable: Variable, year: int) -> Rows:
    days = _seen(station, variable, year).days
    return [(day.date, variable.code, day.mean, variable.unit, day.aqi, day.count, day.complete) for day in days]


def _hour_rows(station: Station, variable: Variable, year: int) -> Rows:
    profile = _seen(station, variable, year).profile
    return [(day + 1, hour, mean, variable.unit) for day, row in enumerate(profile) for hour, mean in enumerate(row)]


def _value_rows(station: Station, variable: Variable, year: int) -> Rows:
    """The last bar has no upper end."""
    bins = _seen(station, variable, year).bins
    edges = [*(edge for edge, _ in bins[:-1]), None]
    return [(edge, variable.unit, count) for edge, (_, count) in zip(edges, bins, strict=False)]


def _month_rows(station: Station, variable: Variable, year: int) -> Rows:
    return [
        (one, number + 1, mean, variable.unit)
        for one, months in months_by_year(station, variable.code).items()
        for number, mean in enumerate(months)
    ]


TABLES = {
    "days": (("date", "variable", "mean", "unit", "highest_aqi", "readings", "complete"), _day_rows),
    "hours": (("weekday", "hour", "mean", "unit"), _hour_rows),
    "values": (("up_to", "unit", "readings"), _value_rows),
    "months": (("year", "month", "mean", "unit"), _month_rows),
}


def chosen_year(request: HttpRequest, years: list[int]) -> int:
    """The year of the address, or the newest one."""
    text = request.GET.get("year", "")
    wanted = int(text) if text.isdecimal() and len(text) == YEAR_DIGITS else 0
    return wanted if wanted in years else years[0]


def chosen(request: HttpRequest, known: list[Variable]) -> Variable:
    """The variable of the address, or the first one."""
    wanted = request.GET.get("pollutant", "")
    return next((one for one in known if one.code == wanted), known[0])


def variables_of(station: Station, year: int) -> list[Variable]:
    """Those that the year's readings hold; all where none of them is known."""
    there, known = held(station, year), variables()
    return [one for one in known if one.code in there] or known


def variables() -> list[Variable]:
    return sorted(Variable.objects.all(), key=rank)


def months_plot(found: dict[int, list[float | None]], year: int, *, from_zero: bool) -> plot.Plot:
    """A line for each year, the chosen one first and strongest."""
    order = sorted(found, key=lambda one: (one != year, -one))[:YEARS_SHOWN]
    named = [(str(one), [(n + 1, nan if mean is None else mean) for n, mean in enumerate(found[one])]) for one in order]
    label = _("The mean of each month, year against year")
    return plot.lines(label, named, plot.month_places(), plot.month_of, from_zero=from_zero)


def drawings(year: Year) -> dict[str, Any]:
    """Bars and shades as shares of the largest, 0 to 1."""
    most = max((count for _, count in year.bins), default=1)
    lowest, highest = year.extremes
    return {
        "profile": [
            (str(WEEKDAYS_ABBR[number]), [_shade(value, lowest, highest) for value in row])
            for number, row in enumerate(year.profile)
        ],
        "lowest": lowest,
        "highest": highest,
        "hours": range(24),
        "bins": [(edge, count, count / most) for edge, count in year.bins],
        "days_with_data": len(year.days),
        "complete": year.complete,
    }


def _shade(value: float | None, lowest: float, highest: float) -> tuple[float | None, float]:
    """The palest still shows that there is a value."""
    if value is None or highest <= lowest:
        return value, 0.0
    return value, PALEST + (1 - PALEST) * (value - lowest) / (highest - lowest)
