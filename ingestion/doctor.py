"""Are the stations there, and do their providers answer?"""

from collections.abc import Iterator

from aqi_project.doctor import Finding, notice, well, wrong
from ingestion.models import Station
from ingestion.sources import POLLED
from ingestion.status import status


def stations_report() -> Iterator[Finding]:
    """One finding for each active station that is not well."""
    stations = list(Station.objects.filter(is_active=True))
    if not stations:
        yield wrong("No station is active.", "Run manage.py setup, or add stations in the admin.")
    sick = [finding for station in stations for finding in _station(station)]
    yield from sick
    if stations and not sick:
        yield well(f"Stations that report: {len(stations)}.")


def _station(station: Station) -> Iterator[Finding]:
    if station.provider in POLLED and station.last_poll_error:
        error = station.last_poll_error.partition("\n")[0]
        mend = f"Check the key of {station.get_provider_display()} and the network; it is asked again by itself."
        yield wrong(f"{station.slug}: {error}", mend)
    elif (presence := status(station)) != "live":
        says = f"{station.slug} is {presence}: nothing new has come."
        yield notice(says, "Look whether its worker, its provider or its sender runs.")
