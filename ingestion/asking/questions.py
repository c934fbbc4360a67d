"""Who is asked, how they are reached, and what a question about a station is."""

from typing import Any

from django.conf import settings

from ingestion.models import Station
from ingestion.providers import REGISTRY
from ingestion.providers.base import StationRef
from ingestion.providers.poll import Access, Job

POLLED = tuple(REGISTRY)


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
