"""History: a year at a glance, and the same as a table to download."""

import csv
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard import calendar
from dashboard.history import Year, year_of, years_of
from dashboard.index import steps
from dashboard.scene import ORDER
from dashboard.views import public_station
from ingestion.models import Station, Variable

PALEST = 0.08
COLUMNS = ("date", "variable", "mean", "highest_aqi", "readings", "complete")


@require_safe
@never_cache
def history(request: HttpRequest, city: str, station: str) -> HttpResponse:
    place = public_station(station)
    years = years_of(place)
    if not years:
        return render(request, "dashboard/no_readings.html", {"station": place})
    year, variable = chosen(request, place, years)
    found = year_of(place, variable.code, year)
    context = {
        "station": place,
        "year": year,
        "years": years,
        "variable": variable,
        "variables": variables(),
        "squares": calendar.squares(found.days, year, request.preferences),
        "month_labels": calendar.month_labels(year),
        "width": calendar.width(year),
        "steps": steps(request.preferences),
        **drawings(found),
    }
    return render(request, "dashboard/history.html", context)


@require_safe
def history_csv(request: HttpRequest, city: str, station: str) -> HttpResponse:
    """A row a day; days in the station's own zone."""
    place = public_station(station)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    table = csv.writer(answer)
    table.writerow(COLUMNS)
    years = years_of(place)
    if years:
        year, variable = chosen(request, place, years)
        answer["Content-Disposition"] = f'attachment; filename="{place.slug}-{variable.code}-{year}.csv"'
        for day in year_of(place, variable.code, year).days:
            mean = "" if day.mean is None else round(day.mean, 3)
            table.writerow([day.date, variable.code, mean, day.aqi, day.count, round(day.complete, 3)])
    return answer


def chosen(request: HttpRequest, station: Station, years: list[int]) -> tuple[int, Variable]:
    """Year and variable of the address, or the newest year and the first variable."""
    text = request.GET.get("year", "")
    year = int(text) if text.isdecimal() and int(text) in years else years[0]
    known = {variable.code: variable for variable in variables()}
    return year, known.get(request.GET.get("pollutant", ""), next(iter(known.values())))


def variables() -> list[Variable]:
    def place(variable: Variable) -> tuple[int, str]:
        return (ORDER.index(variable.code) if variable.code in ORDER else len(ORDER), variable.code)

    return sorted(Variable.objects.all(), key=place)


def drawings(year: Year) -> dict[str, Any]:
    """Bars and shades as shares of the largest, 0 to 1."""
    most = max((count for _, count in year.bins), default=1)
    month_high = max((mean for mean in year.months if mean is not None), default=1.0)
    share = sum(day.complete for day in year.days) / max(len(year.days), 1)
    return {
        "profile": [
            (str(WEEKDAYS_ABBR[number]), [_shade(value, *year.extremes) for value in row])
            for number, row in enumerate(year.profile)
        ],
        "hours": range(24),
        "months": [
            (date_format(date(2000, number + 1, 1), "M"), mean, mean / month_high if mean is not None else 0.0)
            for number, mean in enumerate(year.months)
        ],
        "bins": [(edge, count, count / most) for edge, count in year.bins],
        "days_with_data": len(year.days),
        "complete": share,
    }


def _shade(value: float | None, lowest: float, highest: float) -> tuple[float | None, float]:
    """The palest still shows that there is a value."""
    if value is None or highest <= lowest:
        return value, 0.0
    return value, PALEST + (1 - PALEST) * (value - lowest) / (highest - lowest)
