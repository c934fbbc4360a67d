"""Asking for the present of each station, six times per interval, and keeping what comes or why nothing did."""

import logging
from datetime import datetime

from django.conf import settings

from aqi_project import clock
from aqi_project.queue import claims
from ingestion.asking.questions import access, polled, question
from ingestion.asking.shared_limiter import SharedLimiter
from ingestion.models import Station
from ingestion.providers.errors import Kind
from ingestion.providers.gate import Gates
from ingestion.providers.http import Patience
from ingestion.providers.poll import Result, poll
from ingestion.storing.store import SourceChangedError, store

log = logging.getLogger(__name__)
POLLS_PER_INTERVAL = 6  # an hourly feed is asked every ten minutes: it restates its newest hours
CLAIM = settings.TASK_TIMEOUT  # after that the task that claimed cannot be alive
GATES = Gates(SharedLimiter)  # polls come first: they may use all of a limit
PATIENCE = Patience(turn=120)
NOT_STORED = "Its readings could not be stored; the log says why."


def poll_due() -> int:
    """Ask the providers of all stations that are due; returns how many were asked."""
    now = clock.now()
    due = {station.slug: station for station in polled() if _is_due(station, now) and station.claim(now, CLAIM)}
    for result in poll(map(question, due.values()), access(), PATIENCE, GATES):
        take_in(due[result.job.station], result)
    return len(due)


def _is_due(station: Station, now: datetime) -> bool:
    wait = station.expected_interval / POLLS_PER_INTERVAL
    at = station.last_poll_at
    return at is None or at + wait <= now or at > now + claims.CLOCKS_APART  # the clock has been set back since


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
