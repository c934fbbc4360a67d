"""Where a city's readings come from: chosen at the start, and never mixed within one station."""

import threading
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import httpx
from django.conf import settings
from pymongo.errors import DuplicateKeyError

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.models import Reading, RejectedItem, Station
from ingestion.providers import REGISTRY
from ingestion.providers.base import StationRef
from ingestion.providers.poll import Access, Job
from ingestion.signals import station_renamed

PROBE_SECONDS = 3.0
OWN_SENSORS = (Station.Provider.FILE, Station.Provider.PUSH)  # one's own sensor: its past by file, its present by push
CHOSEN_BY_ITSELF = (Station.Provider.OPENWEATHER, Station.Provider.OPEN_METEO, Station.Provider.REPLAY)
POLLED = tuple(REGISTRY)


def choose(before: str = "") -> str:
    """The provider that AQI_SOURCE asks for; `auto`: a key → OpenWeather, network → Open-Meteo, else the recording.

    Where the source before was a live one, an outage is a gap, and no reason to play old weather instead. One that
    `auto` never chooses was an admin's choice, and stays.
    """
    if settings.AQI_SOURCE != "auto":
        return str(settings.AQI_SOURCE)
    if before and before not in CHOSEN_BY_ITSELF:
        return before
    if settings.OPENWEATHER_API_KEY:
        return Station.Provider.OPENWEATHER
    is_live = before in POLLED or _answers(settings.OPEN_METEO_URL)
    return Station.Provider.OPEN_METEO if is_live else Station.Provider.REPLAY


def _answers(url: str) -> bool:
    """Whether anything answers there in time. In a thread, because no time-out bounds the look-up of a name."""
    found: list[int] = []
    probe = threading.Thread(target=_probe, args=(url, found), daemon=True)
    probe.start()
    probe.join(PROBE_SECONDS)
    return bool(found) and found[0] < HTTPStatus.INTERNAL_SERVER_ERROR


def _probe(url: str, found: list[int]) -> None:
    with suppress(httpx.HTTPError, httpx.InvalidURL, OSError):
        found.append(httpx.get(url, timeout=PROBE_SECONDS).status_code)


def access() -> dict[str, Access]:
    """Key and address of each provider, as the settings NAME_API_KEY, where there is one, and NAME_URL have them."""
    names = {name: name.upper() for name in REGISTRY}
    return {
        name: Access(getattr(settings, f"{setting}_API_KEY", ""), getattr(settings, f"{setting}_URL"))
        for name, setting in names.items()
    }


def question(station: Station, *what: Any) -> Job:
    """To the station's provider: for the present, or for `what` else, as a Job has it."""
    place = StationRef(station.latitude, station.longitude, station.provider_ref)
    return Job(station.slug, station.provider, place, *what)


def switch(station: Station, provider: str) -> str:
    """Let `station` start anew from another provider; what the earlier one sent is kept under a slug of its own.

    Gives that slug, which follows from the station alone, so that an interrupted switch is simply done again. A poll
    that is under way notices that it comes too late (storing/store.py).
    """
    if station.provider == provider:
        return ""
    aside = put_aside(station)
    station_renamed.send(sender=Station, old=station.slug, new=aside)
    anew = {"last_poll_at": None, "last_poll_error": "", "last_poll_failure": "", "replay_started_at": None}
    anew |= {"source_since": clock.now(), "poll_claimed_until": None, "gaps_checked_at": None}
    Station.objects.filter(slug=station.slug).update(provider=provider, habits={}, **anew)
    put_aside(station)  # what was stored meanwhile
    station.refresh_from_db()
    return aside


def put_aside(station: Station) -> str:
    """Move what a station has from the provider that `station` names to an inactive one of its own; gives its slug."""
    aside = f"{station.slug}-{station.provider}-{station.source_since:%Y%m%d%H%M%S}".replace("_", "-")
    kept = {"name": f"{station.name} ({station.get_provider_display()})", "is_public": False, "is_active": False}
    names = ("city", "latitude", "longitude", "timezone", "provider", "expected_interval", "habits")
    Station.objects.get_or_create(slug=aside, defaults={**kept, **{name: getattr(station, name) for name in names}})
    theirs: dict[str, object] = {"station": station.slug}
    present = Station.objects.filter(slug=station.slug).values_list("provider", flat=True).first()
    if present != station.provider:
        theirs["provider"] = {"$ne": present}
    collection(RejectedItem).update_many(theirs, {"$set": {"station": aside}})
    _move_readings(theirs, aside)
    return aside


def _move_readings(theirs: dict[str, object], aside: str) -> None:
    readings = collection(Reading)
    try:
        readings.update_many(theirs, {"$set": {"station": aside}})
    except DuplicateKeyError:  # a poll that came late has stored again what was moved already
        for document in readings.find(theirs, {"at": 1}):
            if readings.count_documents({"station": aside, "at": document["at"]}, limit=1):
                readings.delete_one({"_id": document["_id"]})
        readings.update_many(theirs, {"$set": {"station": aside}})
