"""Playing all recordings of the sample that were started, each by one process at a time."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from aqi_project import clock
from aqi_project.try_each import try_each
from ingestion.models import Station
from ingestion.recorded.replay import play_due, recorded, sleep, wait_for_next

CLAIM = timedelta(seconds=4)  # renewed while one plays; after a kill another may play so soon
REST = timedelta(seconds=20)  # a recording with nothing due for so long is left to the schedule


def play(until: datetime) -> tuple[int, bool]:
    """Play until then, or until all rest; returns how many readings came out, and whether more are due soon."""
    played, stations = 0, _claimed() or _inherited()
    while stations:
        played += sum(try_each(stations, lambda station: play_due(station, recorded(station))))
        waits = try_each(stations, lambda station: wait_for_next(station, recorded(station)))
        soon = min((wait for wait in waits if wait), default=REST)
        if soon < REST:
            sleep(min(soon, CLAIM / 2))
        Station.objects.filter(slug__in=[station.slug for station in stations]).update(poll_claimed_until=None)
        if soon >= REST or clock.now() >= until:
            return played, soon < REST
        stations = _claimed()
    return played, False


def _claimed() -> list[Station]:
    """The recordings that nobody else plays."""
    return [station for station in _recordings() if station.claim(clock.now(), CLAIM)]


def _inherited() -> list[Station]:
    """Those of a player that was killed, whose call comes back sooner than its claims end; the living renew theirs."""
    if not _recordings().exists():
        return []
    sleep(CLAIM)
    return _claimed()


def _recordings() -> QuerySet[Station]:
    """Stations that play the sample; another station's readings are played by `manage.py replay`."""
    playing = Station.objects.filter(is_active=True, provider=Station.Provider.REPLAY, provider_ref="")
    return playing.exclude(replay_started_at=None)
