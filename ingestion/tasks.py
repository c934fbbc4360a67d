"""Background work of ingestion. Each task may run twice, in parallel, and die anywhere."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import QuerySet
from django_q.tasks import async_task
from pymongo.errors import PyMongoError

from aqi_project import clock
from aqi_project.mongo import is_away
from aqi_project.queue import claims
from aqi_project.try_each import try_each
from ingestion.asking import backfill
from ingestion.asking.questions import POLLED, access, question
from ingestion.asking.shared_limiter import SharedLimiter
from ingestion.models import Station
from ingestion.providers.errors import Kind
from ingestion.providers.gate import Gates
from ingestion.providers.http import Patience
from ingestion.providers.poll import Result, poll
from ingestion.recorded import replay
from ingestion.recorded.replay import play_due, sleep, wait_for_next
from ingestion.storing import repeat_habits
from ingestion.storing.store import SourceChangedError, store

log = logging.getLogger(__name__)
POLLS_PER_INTERVAL = 6  # an hourly feed is asked every ten minutes: it restates its newest hours
CLAIM = settings.TASK_TIMEOUT  # after that the task that claimed cannot be alive
POLL_GATES = Gates(SharedLimiter)  # polls come first: they may use all of a limit
POLL_PATIENCE = Patience(turn=120)
REPLAY_CLAIM = timedelta(seconds=4)  # renewed while one plays; after a kill another may play so soon
REPLAY_SHIFT = timedelta(seconds=55)  # how long one task plays before it hands over
REST = timedelta(seconds=20)  # a recording with nothing due for so long is left to the schedule
NOT_STORED = "Its readings could not be stored; the log says why."
GAPS_LOOK_BACK = timedelta(days=7)  # providers publish late, but hardly later
GAPS_EVERY = timedelta(minutes=50)


def poll_stations() -> int:
    """Ask the providers of all stations that are due; returns how many were asked."""
    now = clock.now()
    stations = {station.slug: station for station in Station.objects.filter(is_active=True, provider__in=POLLED)}
    due = [station for station in stations.values() if _is_due(station, now) and claim(station, now, CLAIM)]
    for result in poll([question(station) for station in due], access(), POLL_PATIENCE, POLL_GATES):
        take_in(stations[result.job.station], result)
    return len(due)


def _is_due(station: Station, now: datetime) -> bool:
    wait = station.expected_interval / POLLS_PER_INTERVAL
    at = station.last_poll_at
    return at is None or at + wait <= now or at > now + claims.CLOCKS_APART  # the clock has been set back since


def claim(station: Station, now: datetime, span: timedelta) -> bool:
    """Whether this call, and no other process, may work on the station until now + span."""
    free = claims.free("poll_claimed_until", now, span)
    return bool(Station.objects.filter(free, slug=station.slug).update(poll_claimed_until=now + span))


def take_in(station: Station, result: Result) -> None:
    """Store what a poll brought, or the reason why it brought nothing."""
    now = clock.now()
    error, failure = ("", "") if result.error is None else (str(result.error), result.error.kind)
    if result.error is None:
        try:
            store(station, result.parsed.observations, result.parsed.rejected, received_at=now)
        except SourceChangedError as changed:
            log.info("%s What had been asked for is dropped.", changed)
            return
        except Exception:  # whatever is wrong with one station must not cost the others their readings
            log.exception("The readings of %s", station.slug)
            error, failure = NOT_STORED, Kind.NOT_STORED
    told = {"last_poll_error": error, "last_poll_failure": failure}
    released: dict[str, object] = {"poll_claimed_until": None, **told}
    if not error or (result.error is not None and result.error.permanent):
        released["last_poll_at"] = now  # after a failure that may pass the station stays due: asked again in a minute
    Station.objects.filter(slug=station.slug, provider=station.provider).update(**released)


def play_recordings() -> int:
    """Play each recording for a minute, then hand over; returns how many readings came out.

    It hands over, too, when the database goes away: the schedule would begin again after a minute only.
    """
    try:
        return _play(clock.now() + REPLAY_SHIFT)
    except (DatabaseError, PyMongoError) as error:
        if not is_away(error):
            raise
        log.warning("The recordings wait for the database: %s", error)
        _play_on()
        return 0


def _play(until: datetime) -> int:
    played, stations = 0, _claimed() or _inherited()
    while stations:
        played += sum(try_each(stations, lambda station: play_due(station, replay.recorded(station))))
        waits = try_each(stations, lambda station: wait_for_next(station, replay.recorded(station)))
        soon = min((wait for wait in waits if wait), default=REST)
        if soon < REST:
            sleep(min(soon, REPLAY_CLAIM / 2))
        Station.objects.filter(slug__in=[station.slug for station in stations]).update(poll_claimed_until=None)
        if soon >= REST:
            break
        if clock.now() >= until:
            _play_on()
            break
        stations = _claimed()
    return played


def _play_on() -> None:
    async_task("ingestion.tasks.play_recordings", group="replay")


def _claimed() -> list[Station]:
    """The recordings that nobody else plays."""
    return [station for station in _recordings() if claim(station, clock.now(), REPLAY_CLAIM)]


def _inherited() -> list[Station]:
    """Those of a player that was killed, whose call comes back sooner than its claims end; the living renew theirs."""
    if not _recordings().exists():
        return []
    sleep(REPLAY_CLAIM)
    return _claimed()


def _recordings() -> QuerySet[Station]:
    """Stations that play the sample; another station's readings are played by `manage.py replay`."""
    playing = Station.objects.filter(is_active=True, provider=Station.Provider.REPLAY, provider_ref="")
    return playing.exclude(replay_started_at=None)


def fill_gaps() -> int:
    """Ask again for what is missing of the last days, because providers publish late; returns how many came.

    Who was looked at longest ago comes first: a station at which the task ends keeps no other from its turn.
    """
    now = clock.now()
    stations = Station.objects.filter(is_active=True, provider__in=POLLED).order_by("gaps_checked_at")
    return sum(try_each(stations, lambda station: _fill_if_due(station, now)))


def _fill_if_due(station: Station, now: datetime) -> int:
    due = claims.free("gaps_checked_at", now - GAPS_EVERY, GAPS_EVERY)
    if not Station.objects.filter(due, slug=station.slug).update(gaps_checked_at=now):
        return 0
    last = now - 2 * station.expected_interval  # the newest are the poll's
    spans = backfill.missing(station, last - GAPS_LOOK_BACK, last)
    came = 0
    for filled in backfill.fill(station, spans):
        came += filled.readings
        if filled.error:
            log.warning("%s: a gap stays open. %s", station.slug, filled.error)
    return came


def learn_habits() -> int:
    """Learn how long each variable of each station usually repeats one value; returns of how many stations."""
    return sum(try_each(Station.objects.filter(is_active=True), repeat_habits.learn))
