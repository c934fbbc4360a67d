"""Where a city's readings come from: chosen at the start, and never mixed within one station."""

import httpx
from django.conf import settings
from django.utils import timezone

from aqi_project.mongo import collection
from ingestion.models import Reading, RejectedItem, Station
from ingestion.providers.poll import Access
from ingestion.signals import station_renamed

PROBE_SECONDS = 3.0


def choose() -> str:
    """The provider that AQI_SOURCE asks for; `auto`: a key → OpenWeather, network → Open-Meteo, else the recording."""
    if settings.AQI_SOURCE != "auto":
        return str(settings.AQI_SOURCE)
    if settings.OPENWEATHER_API_KEY:
        return Station.Provider.OPENWEATHER
    return Station.Provider.OPEN_METEO if _answers(settings.OPEN_METEO_URL) else Station.Provider.REPLAY


def _answers(url: str) -> bool:
    try:
        httpx.head(url, timeout=PROBE_SECONDS)
    except (httpx.HTTPError, OSError):
        return False
    return True


def access() -> dict[str, Access]:
    """Key and address of each provider, as set."""
    return {
        "openweather": Access(settings.OPENWEATHER_API_KEY, settings.OPENWEATHER_URL),
        "open_meteo": Access("", settings.OPEN_METEO_URL),
        "openaq": Access(settings.OPENAQ_API_KEY, settings.OPENAQ_URL),
    }


def switch(station: Station, provider: str) -> None:
    """Let `station` start anew from another provider; what the earlier one sent is kept under a slug of its own.

    The slug follows from the station alone, so that an interrupted switch is simply done again.
    """
    if station.provider == provider:
        return
    put_aside(station, f"{station.slug}-{station.provider}-{station.source_since:%Y%m%d%H%M%S}".replace("_", "-"))
    anew = {"last_poll_at": None, "last_poll_error": "", "replay_started_at": None, "source_since": timezone.now()}
    Station.objects.filter(slug=station.slug).update(provider=provider, **anew)
    station.refresh_from_db()


def put_aside(station: Station, aside: str) -> None:
    """Move all readings of a station to the inactive station `aside`."""
    kept = {"name": f"{station.name} ({station.get_provider_display()})", "is_public": False, "is_active": False}
    places = {name: getattr(station, name) for name in ("city", "latitude", "longitude", "timezone", "provider")}
    Station.objects.get_or_create(slug=aside, defaults={**kept, **places})
    for model in (Reading, RejectedItem):
        collection(model).update_many({"station": station.slug}, {"$set": {"station": aside}})
    station_renamed.send(sender=Station, old=station.slug, new=aside)
