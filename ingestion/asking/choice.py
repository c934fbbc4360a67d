"""Whom Lahore's readings come from, chosen at each start."""

import threading
from contextlib import suppress
from http import HTTPStatus

import httpx
from django.conf import settings

from ingestion.asking.questions import POLLED
from ingestion.models import Station

PROBE_SECONDS = 3.0
CHOSEN_BY_ITSELF = (Station.Provider.OPENWEATHER, Station.Provider.OPEN_METEO, Station.Provider.REPLAY)


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
