"""Background work of ingestion. Each task may run twice, in parallel, and die anywhere."""

import logging
from datetime import timedelta

from django.db import DatabaseError
from django_q.tasks import async_task
from pymongo.errors import PyMongoError

from aqi_project import clock
from aqi_project.mongo import is_away
from aqi_project.try_each import try_each
from ingestion.asking import backfill, polls
from ingestion.asking.questions import polled
from ingestion.models import Station
from ingestion.recorded import player
from ingestion.storing import repeat_habits

log = logging.getLogger(__name__)
SHIFT = timedelta(seconds=55)  # how long one task plays before it hands over


def poll_stations() -> int:
    """Ask the providers of all stations that are due; returns how many were asked."""
    return polls.poll_due()


def play_recordings() -> int:
    """Play each recording for a minute, then hand over; returns how many readings came out.

    It hands over, too, when the database goes away: the schedule would begin again after a minute only.
    """
    try:
        played, goes_on = player.play(clock.now() + SHIFT)
        if goes_on:
            _hand_over()
    except (DatabaseError, PyMongoError) as error:
        if not is_away(error):
            raise
        log.warning("The recordings wait for the database: %s", error)
        _hand_over()
        return 0
    return played


def _hand_over() -> None:
    async_task("ingestion.tasks.play_recordings", group="replay")


def fill_gaps() -> int:
    """Ask again for what is missing of the last days, because providers publish late; returns how many came.

    Who was looked at longest ago comes first: a station at which the task ends keeps no other from its turn.
    """
    now = clock.now()
    stations = polled().order_by("gaps_checked_at")
    return sum(try_each(stations, lambda station: backfill.fill_if_due(station, now)))


def learn_habits() -> int:
    """Learn how long each variable of each station usually repeats one value; returns of how many stations."""
    return sum(try_each(Station.objects.filter(is_active=True), repeat_habits.learn))
