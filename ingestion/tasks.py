"""Background work of ingestion. Each task may run twice, in parallel, and die anywhere."""

import time
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django_q.tasks import async_task

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion import replay
from ingestion.models import Reading, Station
from ingestion.providers.base import StationRef
from ingestion.providers.poll import Job, Result, poll
from ingestion.sources import access
from ingestion.store import store

POLLS_PER_INTERVAL = 6  # an hourly feed is asked every ten minutes: it restates its newest hours
CLAIM = timedelta(minutes=5)
REPLAY_CLAIM = timedelta(seconds=4)  # renewed while one plays; after a kill another may play so soon
SHORTEST_WAIT = 0.02
REPLAY_SHIFT = timedelta(seconds=55)  # how long one task plays before it hands over
POLLED = (Station.Provider.OPENWEATHER, Station.Provider.OPEN_METEO, Station.Provider.OPENAQ)


def poll_stations() -> int:
    """Ask the providers of all stations that are due; returns how many were asked."""
    now = clock.now()
    stations = {station.slug: station for station in Station.objects.filter(is_active=True, provider__in=POLLED)}
    due = [station for station in stations.values() if _is_due(station, now) and claim(station, now, CLAIM)]
    for result in poll([_job(station) for station in due], access()):
        take_in(stations[result.job.station], result)
    return len(due)


def _is_due(station: Station, now: datetime) -> bool:
    wait = station.expected_interval / POLLS_PER_INTERVAL
    return station.last_poll_at is None or station.last_poll_at + wait <= now


def claim(station: Station, now: datetime, span: timedelta) -> bool:
    """Whether this call, and no other process, may work on the station until now + span."""
    free = Q(poll_claimed_until=None) | Q(poll_claimed_until__lte=now)
    return bool(Station.objects.filter(free, slug=station.slug).update(poll_claimed_until=now + span))


def _job(station: Station) -> Job:
    return Job(station.slug, station.provider, _ref(station))


def history_job(station: Station, first: datetime, last: datetime) -> Job:
    """What asks a station's provider for the readings of a span."""
    return Job(station.slug, station.provider, _ref(station), "history", first, last)


def _ref(station: Station) -> StationRef:
    return StationRef(station.latitude or 0.0, station.longitude or 0.0, station.provider_ref)


def take_in(station: Station, result: Result) -> None:
    """Store what a poll brought, or the reason why it brought nothing."""
    now = clock.now()
    error = ""
    if result.error is None:
        received_at = now if result.job.what == "current" else None  # a backfill is late by nature
        store(station, result.parsed.observations, result.parsed.rejected, received_at=received_at)
    else:
        error = str(result.error)
    released = {"poll_claimed_until": None, "last_poll_at": now, "last_poll_error": error}
    Station.objects.filter(slug=station.slug).update(**released)


def play_recordings() -> int:
    """Play the recording of each replay station for a minute, then hand over; returns how many hours came out."""
    until = clock.now() + REPLAY_SHIFT
    played = 0
    while stations := [station for station in _recordings() if claim(station, clock.now(), REPLAY_CLAIM)]:
        wait = REPLAY_CLAIM.total_seconds() / 2
        for station in stations:
            played += play_due(station)
            wait = min(wait, replay.seconds_to_next(station, clock.now()))
        time.sleep(max(wait, SHORTEST_WAIT))
        Station.objects.filter(slug__in=[station.slug for station in stations]).update(poll_claimed_until=None)
        if clock.now() >= until:
            async_task("ingestion.tasks.play_recordings", group="replay")
            break
    return played


def _recordings() -> QuerySet[Station]:
    playing = Station.objects.filter(is_active=True, provider=Station.Provider.REPLAY)
    return playing.exclude(replay_started_at=None)


def play_due(station: Station) -> int:
    """Store the recorded hours that are due and not yet there; returns how many."""
    now = clock.now()
    newest = collection(Reading).find_one({"station": station.slug}, {"at": 1}, sort=[("at", -1)])
    first = clock.aware(newest["at"]) + replay.HOUR if newest else replay.history_start(station)
    observations = list(replay.between(station, first, replay.position(station, now)))
    if observations:
        store(station, observations)
    Station.objects.filter(slug=station.slug).update(last_poll_at=now, last_poll_error="")
    return len(observations)
