"""Are the stations there, and do their providers answer?"""

from collections.abc import Iterator

from aqi_project.doctor import Finding, notice, well, wrong
from ingestion.asking.questions import POLLED
from ingestion.models import Station
from ingestion.providers.errors import Kind
from ingestion.stations.status import status

ASKED_AGAIN = "Check the key of {source} and the network; it is asked again by itself."
FAILED = {  # what helps against a kind of failure that waiting does not mend
    Kind.REFUSED: "Correct the station in the admin.",
    Kind.NOT_STORED: "Read the worker's log.",
}
LOOK = "Look whether its worker, its provider or its sender runs."
IMPORT = "Import what is newer, or switch the station off in the admin."
REPLAY = "Go on with manage.py replay {source}, or switch the station off in the admin."


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
        mend = FAILED.get(station.last_poll_failure, ASKED_AGAIN)
        yield wrong(f"{station.slug}: {error}", mend.format(source=station.get_provider_display()))
    elif (presence := status(station)) != "live":
        says = f"{station.slug} is {presence}: nothing new has come."
        yield notice(says, _wake(station))


def _wake(station: Station) -> str:
    """What brings a silent station's readings: the worker plays the sample itself, other recordings are a command's."""
    if station.provider == Station.Provider.FILE:
        return IMPORT
    is_of_a_command = station.provider == Station.Provider.REPLAY and station.provider_ref
    return REPLAY.format(source=station.provider_ref) if is_of_a_command else LOOK
