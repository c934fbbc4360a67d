"""Asking a provider for the past: only for what is missing, in spans, within a share of its limits."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from aqi_project import clock
from aqi_project.mongo import collection
from aqi_project.queue import claims
from ingestion.asking.questions import access, question
from ingestion.asking.shared_limiter import SharedLimiter
from ingestion.models import Reading, Station
from ingestion.providers.gate import Gates
from ingestion.providers.http import Patience
from ingestion.providers.poll import poll
from ingestion.quality.presence import gaps
from ingestion.storing.store import SourceChangedError, store

log = logging.getLogger(__name__)
LONGEST_SPAN = timedelta(days=14)  # asked for and stored at once
GATES = Gates(partial(SharedLimiter, share=0.5))  # the other half of each limit is kept for live polls
PATIENCE = Patience(turn=3700)  # an hourly limit may be used up
LATE = timedelta(days=7)  # providers publish late, but hardly later
LOOKED_EVERY = timedelta(minutes=50)

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Filled:
    """What asking for one span brought: readings that are new or corrected, or why there are none."""

    span: Span
    readings: int
    error: str = ""
    permanent: bool = False  # asking for more is useless until a person has changed something


def missing(station: Station, first: datetime, last: datetime) -> list[Span]:
    """Spans of at most a fortnight with first ≤ t < last that hold all gaps; full stretches between are left out."""
    at = {"$gte": clock.naive(first - station.expected_interval), "$lt": clock.naive(last)}
    found = collection(Reading).find({"station": station.slug, "at": at}, {"_id": 0, "at": 1}).sort("at", 1)
    times = (clock.aware(document["at"]) for document in found)
    return list(_spans(gaps(times, first, last, station.expected_interval)))


def _spans(found: Iterable[Span]) -> Iterator[Span]:
    """Gaps joined while they fit into one span, and cut where one is longer."""
    start: datetime | None = None
    end = None
    for since, until in found:
        if start is not None and end is not None and until - start > LONGEST_SPAN:
            yield start, end
            start = None
        start = start or since
        while until - start > LONGEST_SPAN:
            yield start, start + LONGEST_SPAN
            start += LONGEST_SPAN
        end = until
    if start is not None and end is not None:
        yield start, end


def fill(station: Station, spans: Iterable[Span]) -> Iterator[Filled]:
    """Ask for one span after another and store what comes. Ends with the first error that asking cannot cure."""
    for span in spans:
        filled = _fill_one(station, span)
        yield filled
        if filled.permanent:
            return


def _fill_one(station: Station, span: Span) -> Filled:
    [result] = poll([question(station, "history", *span)], access(), PATIENCE, GATES)
    if result.error is not None:
        return Filled(span, 0, str(result.error), result.error.permanent)
    try:
        done = store(station, result.parsed.observations, result.parsed.rejected)
    except SourceChangedError as error:
        return Filled(span, 0, str(error), permanent=True)
    return Filled(span, len(done.changed))


def fill_if_due(station: Station, now: datetime) -> int:
    """Ask for what is missing of the last days where nobody has lately; returns how many readings came."""
    due = claims.free("gaps_checked_at", now - LOOKED_EVERY, LOOKED_EVERY)
    if not Station.objects.filter(due, slug=station.slug).update(gaps_checked_at=now):
        return 0
    last = now - 2 * station.expected_interval  # the newest are the poll's
    came = 0
    for filled in fill(station, missing(station, last - LATE, last)):
        came += filled.readings
        if filled.error:
            log.warning("%s: a gap stays open. %s", station.slug, filled.error)
    return came
