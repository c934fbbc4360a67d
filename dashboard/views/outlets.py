"""Addresses for other people's pages, screens, messengers and phones."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from dashboard import outlets
from dashboard.addresses import public_station, station_url
from dashboard.city.now import now
from dashboard.city.scene import load
from dashboard.preferences import Preferences
from dashboard.views.city import city_context, headline_station, scene_or_404
from ingestion.models import Station

SCRIPTS = ("city", "city/card", "city/drawing", "city/feed", "picture", "place", "readout")
SHELL = ("img/icon.svg", *(f"js/{name}.js" for name in SCRIPTS))  # what a page without a connection needs
SHORT = 60  # seconds that a badge or picture may be kept


@require_safe
@never_cache
def text(request: HttpRequest, station: Station) -> HttpResponse:
    scene = load(station, request.preferences)
    return HttpResponse(outlets.as_text(station, now(scene) if scene else None), "text/plain; charset=utf-8")


@require_safe
@never_cache
@xframe_options_exempt
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The number alone, for an iframe on any page."""
    station = public_station(slug)
    scene = load(station, request.preferences)
    context = {"station": station, "now": now(scene) if scene else None, "address": station_url(station)}
    return render(request, "dashboard/embed.html", context)


@require_safe
@never_cache
def kiosk(request: HttpRequest, slug: str = "") -> HttpResponse:
    """For a screen on a wall: nothing to press, readable from across a hall. Without a station, the headline's."""
    station = public_station(slug) if slug else headline_station()
    if station is None:
        return render(request, "dashboard/nothing_yet.html")
    scene = load(station, request.preferences)
    if scene is None:
        return render(request, "dashboard/no_readings.html", {"station": station})
    return render(request, "dashboard/kiosk.html", {**city_context(scene, ""), "quiet": True})


@require_safe
@cache_control(public=True, max_age=SHORT)
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    station = public_station(slug)
    with translation.override("en"):
        scene = load(station, Preferences())
        return HttpResponse(outlets.badge(station, now(scene) if scene else None), "image/svg+xml")


@require_safe
@cache_control(public=True, max_age=SHORT)
@vary_on_cookie
def picture(request: HttpRequest, station: Station) -> HttpResponse:
    with translation.override("en"):
        return HttpResponse(outlets.picture(scene_or_404(request, station)), "image/png")


@require_safe
@cache_control(public=True, max_age=SHORT)
@vary_on_cookie
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put the page on its home screen."""
    content = {
        "name": _("Air quality"),
        "short_name": _("Air"),
        "start_url": "/",
        "display": "standalone",
        "background_color": "#f4f6f8",
        "theme_color": "#f4f6f8",
        "lang": translation.get_language(),
        "dir": "rtl" if translation.get_language_bidi() else "ltr",
        "icons": [
            {"src": static("img/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": static("img/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """From the root, because a worker rules over what lies below its own address."""
    return render(request, "dashboard/worker.js", {"shell": SHELL}, content_type="text/javascript; charset=utf-8")
