"""The city page and the small endpoints that keep it alive."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.cache.utils import make_template_fragment_key
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from aqi_project.web.csv_response import as_csv
from dashboard.addresses import other_stations, station_url
from dashboard.city.chart import COLUMNS, Chart, looks_ahead
from dashboard.city.choices import group_choices, scale_choices
from dashboard.city.expected import latest_forecast, usual_throughout
from dashboard.city.index import steps
from dashboard.city.now import is_stale, now
from dashboard.city.outlook import outlook
from dashboard.city.readings import BEHIND, looks_back
from dashboard.city.scene import Scene, load
from dashboard.city.sparks import sparks
from dashboard.city.unusual import nothing_lately
from dashboard.refusals import unknown_pollutant
from dashboard.times import days_ago
from detection.models import Severity
from ingestion.models import Station
from ingestion.stations.compare import headline

EVENTS_SHOWN = 5
MANY = 2  # days from which an open page counts in days
KEPT_FOR = 0.5  # seconds until it is asked again which station stands at the front
SHARED_FOR = 0.25  # seconds; a page waits longer after the news (static/js/city/drawing.js), so none gets older ones


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    found = _front_station()
    return city_page(request, found) if found else render(request, "dashboard/nothing_yet.html")


def _front_station() -> Station | None:
    """Kept for a moment, as many open the page at once. That there is none is not kept: a first one is seen at once."""
    found = cache.get("headline")
    if found is None and (found := headline_station()):
        cache.set("headline", found, KEPT_FOR)
    return found


@require_safe
@never_cache
def station(request: HttpRequest, station: Station) -> HttpResponse:
    return city_page(request, station)


@require_safe
@never_cache
def now_json(request: HttpRequest, station: Station) -> JsonResponse:
    """What the socket says, for browsers without one."""
    scene = load(station, request.preferences)
    return JsonResponse(now(scene) if scene else {"number": None})


@require_safe
@never_cache
def chart_json(request: HttpRequest, station: Station) -> HttpResponse:
    scene = scene_or_404(request, station)
    return unknown_pollutant(request, station, scene.variables) or JsonResponse(_chart_wanted(request, scene).data())


@require_safe
@never_cache
def chart_csv(request: HttpRequest, station: Station) -> HttpResponse:
    """A table says nowhere inside what it is of: where a page would show another variable, this refuses."""
    scene = scene_or_404(request, station)
    if refused := unknown_pollutant(request, station, scene.variables):
        return refused
    chart = _chart_wanted(request, scene)
    return as_csv(f"{station.slug}-{chart.variable.code}-{chart.now:%Y-%m-%dT%HZ}", COLUMNS, chart.table())


@require_safe
@never_cache
def chart_fragment(request: HttpRequest, station: Station) -> HttpResponse:
    """What a new reading changes beside the number: the page's script swaps it in, in thousands of pages at once."""
    wanted = request.GET.get("pollutant", "")
    key = make_template_fragment_key("ahead", [station.slug, get_language(), request.preferences, wanted])
    return HttpResponse(cache.get_or_set(key, lambda: _ahead(request, station, wanted), SHARED_FOR))


def _ahead(request: HttpRequest, station: Station, wanted: str) -> str:
    return render_to_string(
        "dashboard/parts/ahead.html", ahead_context(scene_or_404(request, station), wanted), request
    )


def headline_station() -> Station | None:
    """The headline of the first city that is watched, so that `/` answers the question at once.

    A machine, which has no city, stands there only where nothing else is watched.
    """
    public = Station.objects.filter(is_public=True)
    city = public.filter(is_active=True).exclude(city="").values_list("city", flat=True).first()
    return headline(city) if city else public.order_by("-is_active", "slug").first()


def city_page(request: HttpRequest, station: Station) -> HttpResponse:
    scene = load(station, request.preferences)
    if scene is None:
        return render(request, "dashboard/no_readings.html", {"station": station})
    context = city_context(scene, request.GET.get("pollutant", ""))
    return render(request, "dashboard/city.html", context | {"others": other_stations(station)})


def city_context(scene: Scene, wanted: str) -> dict[str, Any]:
    state = now(scene)
    return {
        **ahead_context(scene, wanted or state["variable"]),
        "tell_from": Severity.MODERATE.value,
        "sms": bool(settings.SMS_URL),
        "plain": scene.preferences.speaks_default(),
        "station_url": station_url(scene.station),
        "now": state,
        "days_ago": days_ago(MANY),
        "steps": steps(scene.preferences),
        "scales": scale_choices(scene.preferences) if _has_pollutants(scene) else [],
        "groups": group_choices(state["advice"], scene.preferences.group),
    }


def _has_pollutants(scene: Scene) -> bool:
    """Whether another scale may tell an index, where the chosen one has too little for it."""
    return any(variable.is_pollutant for variable in scene.variables.values())


def ahead_context(scene: Scene, wanted: str) -> dict[str, Any]:
    """The hours behind and ahead of the variable `wanted`, each variable's last days, and what was unusual lately."""
    chart, stale = chart_of(scene, wanted), is_stale(scene)
    return {
        "station": scene.station,
        "shows_days": looks_back(scene.station) == BEHIND,
        "chart": chart,
        "outlook": "" if stale else outlook(scene, chart.variable.code, chart.forecast),
        "nothing_lately": nothing_lately(scene, stale=stale),
        "events": [event for event in scene.events if not event.is_fault][:EVENTS_SHOWN],
        "sparks": sparks(scene.station, list(scene.variables.values()), scene.rows),
    }


def chart_of(scene: Scene, wanted: str) -> Chart:
    """The chart of `wanted`, or of the leading variable where the station has no such one. A silent station's ends with
    its newest reading: the hours ahead of that are over, or nobody knows where they begin."""
    code = wanted if wanted in scene.variables else scene.leading()
    key, ahead = f"{scene.station.slug}/{code}", timedelta() if is_stale(scene) else looks_ahead(scene.station)
    band = usual_throughout(key, scene.rows[0].at, scene.newest.at + ahead)
    forecast = latest_forecast(key) if ahead and scene.is_foretold(code) else None
    return Chart(scene.station, scene.variables[code], scene.rows, band, forecast, scene.events_of(code), ahead)


def _chart_wanted(request: HttpRequest, scene: Scene) -> Chart:
    return chart_of(scene, request.GET.get("pollutant", ""))


def scene_or_404(request: HttpRequest, station: Station) -> Scene:
    scene = load(station, request.preferences)
    if scene is None:
        raise Http404("This station has no readings yet.")
    return scene
