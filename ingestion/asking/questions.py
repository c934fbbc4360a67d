"""Who is asked, how they are reached, and what a question about a station is."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from ingestion.models import Station
from ingestion.providers import REGISTRY
from ingestion.providers.base import StationRef
from ingestion.providers.poll import Access, Job

POLLED = tuple(REGISTRY)


def polled() -> QuerySet[Station]:
    """The active stations whose provider is asked."""
    return Station.objects.filter(is_active=True, provider__in=POLLED)


def access() -> dict[str, Access]:
    """Key and address of each provider, as the settings NAME_API_KEY, where there is one, and NAME_URL have them."""
    return {name: _access(name.upper()) for name in REGISTRY}


def _access(setting: str) -> Access:
    return Access(getattr(settings, f"{setting}_API_KEY", ""), getattr(settings, f"{setting}_URL"))


def question(station: Station, *what: Any) -> Job:
    """To the station's provider: for the present, or for `what` else, as a Job has it."""
    place = StationRef(station.latitude, station.longitude, station.provider_ref)
    return Job(station.slug, station.provider, place, *what)
