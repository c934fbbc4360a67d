"""The pages that say how far to trust the others: models and forecasts, sources and outages."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from aqi_project import clock
from aqi_project.mongo import collection
from dashboard.past.outages import availability
from dashboard.sources import source_of_station
from dashboard.status import deliveries, lines, problems, providers, work
from dashboard.trust import card, record
from ingestion.models import Reading, RejectedItem, Station, Variable

STATIONS_SHOWN = 200
REJECTED_SINCE = timedelta(days=30)


@require_safe
@never_cache
def model(request: HttpRequest, place: Station) -> HttpResponse:
    """The record of one series' forecasts, and the life of the models behind them."""
    context = _chosen(request, place)
    shown = context["shown"]
    return render(request, "dashboard/model.html", context | (_trusted(shown, place) if shown else {}))


@require_safe
@never_cache
def detectors(request: HttpRequest, place: Station) -> HttpResponse:
    """The detectors of one series beside each other, as its champion's training found them."""
    context = _chosen(request, place)
    shown = context["shown"]
    return render(request, "dashboard/detectors.html", context | {"rows": card.compared(shown) if shown else []})


def _chosen(request: HttpRequest, place: Station) -> dict[str, Any]:
    """The station, its series as cards, and the one that was asked for."""
    found = card.cards(place)
    wanted = request.GET.get("pollutant", "")
    shown = next((one for one in found if one.series.variable == wanted), _first(found))
    return {"station": place, "cards": found, "shown": shown}


def _trusted(shown: card.Card, station: Station) -> dict[str, object]:
    months, life = record.months(shown.series), card.life(shown.series)
    variable = Variable.objects.filter(code=shown.series.variable).first()
    from_zero = variable is None or variable.is_pollutant
    return {
        "variable": variable,
        "months": months,
        "by_hours": record.by_hours(months[0]) if months else None,
        "by_month": record.by_month(months),
        "no_provider": record.why_no_provider(months, station),
        "tested": list(card.tested(shown.champion)) if shown.champion else [],
        "verdict": card.verdict(shown.champion) if shown.champion else "",
        "life": life,
        "drift": card.drift_sentence(life.drift) if life.drift else "",
        "drift_plot": card.drift_plot(life.drift, from_zero=from_zero) if life.drift else None,
    }


@require_safe
@never_cache
def data(request: HttpRequest, place: Station) -> HttpResponse:
    newest = collection(Reading).find_one({"station": place.slug}, {"at": 1, "received_at": 1}, sort=[("at", -1)])
    since = clock.now() - REJECTED_SINCE
    context = {
        "station": place,
        "source": source_of_station(place),
        "newest_at": clock.aware(newest["at"]) if newest else None,
        "rejected": RejectedItem.objects.filter(station=place.slug, received_at__gte=since).count(),
        "days": availability(place, clock.aware(newest["at"])) if newest else [],
        "others": Station.objects.filter(is_public=True).exclude(slug=place.slug)[:50],
    }
    return render(request, "dashboard/data.html", context)


@require_safe
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """Public: nobody should have to ask whether it runs."""
    public = Station.objects.filter(is_public=True, is_active=True)[:STATIONS_SHOWN]
    found = lines(public)
    queue = work()
    context = {"lines": found, "providers": providers(found), "work": queue, "deliveries": deliveries()}
    return render(request, "dashboard/status.html", context | {"problems": problems(found, queue["late"])})


def _first(found: list[card.Card]) -> card.Card | None:
    """PM2.5 where there is one: it is what most people came for."""
    return next((one for one in found if one.series.variable == "pm2_5"), found[0] if found else None)
