"""The pages that say how far to trust the others: models and forecasts, sources and outages."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from aqi_project import clock
from aqi_project.mongo import collection
from aqi_project.web.csv_response import as_csv
from dashboard.addresses import other_stations
from dashboard.city.now import variable_name
from dashboard.past.outages import availability
from dashboard.refusals import unknown_pollutant
from dashboard.sources import source_of_station
from dashboard.status import deliveries, lines, problems, providers, work
from dashboard.trust import card, record
from detection.models import Series
from ingestion.models import Reading, RejectedItem, Station, Variable
from ingestion.stations.alphabet import by_name

STATIONS_SHOWN = 200
REJECTED_SINCE = timedelta(days=30)


@require_safe
@never_cache
def model(request: HttpRequest, station: Station) -> HttpResponse:
    """The record of one series' forecasts, and the life of the models behind them."""
    context = _chosen(request, station)
    shown = context["shown"]
    return render(
        request, "dashboard/model.html", context | (_trusted(shown, context["variable"], station) if shown else {})
    )


@require_safe
def model_csv(request: HttpRequest, station: Station) -> HttpResponse:
    """The record of one series' forecasts; `table=drift`: the days that the last check for drift looked at."""
    context = _chosen(request, station)
    if refused := unknown_pollutant(request, station, [code for code, _ in context["measured"]]):
        return refused
    shown, unit = context["shown"], context["variable"].unit if context["variable"] else ""
    name = f"{station.slug}-{shown.series.variable}" if shown else station.slug
    if request.GET.get("table") == "drift":
        drift = card.life(shown.series).drift if shown else None
        return as_csv(f"{name}-drift", card.DRIFT_COLUMNS, card.drift_table(drift, unit))
    months = record.months(shown.series) if shown else []
    return as_csv(f"{name}-forecasts", record.COLUMNS, record.table(months, unit))


@require_safe
@never_cache
def detectors(request: HttpRequest, station: Station) -> HttpResponse:
    """The detectors of one series beside each other, as its champion's training found them."""
    context = _chosen(request, station)
    shown = context["shown"]
    return render(request, "dashboard/detectors.html", context | {"rows": card.compared(shown) if shown else []})


def _chosen(request: HttpRequest, station: Station) -> dict[str, Any]:
    """The station, its series' variables, and the card of the series that was asked for."""
    found = list(Series.objects.filter(station=station.slug))
    wanted = request.GET.get("pollutant", "")
    shown = next((one for one in found if one.variable == wanted), _first(found))
    known = {one.code: one for one in Variable.objects.filter(code__in=[one.variable for one in found])}
    return {
        "station": station,
        "measured": [(one.variable, variable_name(known.get(one.variable)) or one.variable) for one in found],
        "variable": known.get(shown.variable) if shown else None,
        "shown": card.card_of(shown) if shown else None,
    }


def _trusted(shown: card.Card, variable: Variable | None, station: Station) -> dict[str, object]:
    months, life = record.months(shown.series), card.life(shown.series)
    from_zero = variable is None or variable.is_pollutant
    return {
        "months": months,
        "by_hours": record.by_hours(months[0]) if months else None,
        "by_month": record.by_month(months),
        "no_provider": record.why_no_provider(months, station),
        "tested": list(card.tested(shown.champion)) if shown.champion else [],
        "verdict": card.verdict(shown.champion) if shown.champion else "",
        "life": life,
        "drift": card.drift_sentence(life.drift) if life.drift else "",
        "unlearnt": card.drift_sentence(life.unlearnt) if life.unlearnt else "",
        "drift_plot": card.drift_plot(life.drift, from_zero=from_zero) if life.drift else None,
    }


@require_safe
@never_cache
def data(request: HttpRequest, station: Station) -> HttpResponse:
    newest = collection(Reading).find_one({"station": station.slug}, {"at": 1, "received_at": 1}, sort=[("at", -1)])
    since, others = clock.now() - REJECTED_SINCE, other_stations(station)
    context = {
        "station": station,
        "source": source_of_station(station),
        "newest_at": clock.aware(newest["at"]) if newest else None,
        "rejected": RejectedItem.objects.filter(station=station.slug, received_at__gte=since).count(),
        "days": availability(station),
        "others": others,
        "has_neighbours": any(one.is_active and one.city == station.city for one in others),
    }
    return render(request, "dashboard/data.html", context)


@require_safe
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """Public: nobody should have to ask whether it runs."""
    public = Station.objects.filter(is_public=True, is_active=True)[:STATIONS_SHOWN]
    found = lines(by_name(public))
    queue = work()
    context = {"lines": found, "providers": providers(found), "work": queue, "deliveries": deliveries()}
    return render(request, "dashboard/status.html", context | {"problems": problems(found, queue)})


def _first(found: list[Series]) -> Series | None:
    """PM2.5 where there is one: it is what most people came for."""
    return next((one for one in found if one.variable == "pm2_5"), found[0] if found else None)
