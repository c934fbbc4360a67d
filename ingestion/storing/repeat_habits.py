"""How long each variable of a station usually repeats one value: what the rule `frozen` measures against."""

from array import array
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from math import ceil, nan
from typing import Any

import numpy as np

from aqi_project.mongo import collection
from ingestion.models import Reading, Station
from ingestion.observation import Observation
from ingestion.quality.doubt import rule_of
from ingestion.quality.spec import learn_habit

NEWEST = 30_000  # readings that are looked at: three years of hours; or, where they reach back less far, …
SPAN = timedelta(weeks=6)  # … these weeks: a machine that rests at weekends has done so five times then, …
MOST = 400_000  # … of so many readings at most
FROZEN = "frozen"  # the rule whose flags say no more than that a value rests
LEAST = timedelta(days=14)  # of readings, before a habit is believed

Values = tuple[datetime, dict[str, float]]  # of a reading; NaN for what is doubted


def learn(station: Station) -> bool:
    """Learn and keep the habits of a station; False where its past is too short to have any."""
    found = collection(Reading).find({"station": station.slug}, {"_id": 0, "at": 1, "values": 1, "flags": 1})
    return _keep(station, map(_trusted, found.sort("at", -1).limit(_looked_at(station))))


def learn_from(station: Station, observations: Iterable[Observation]) -> bool:
    """The same from the last of those that are about to be stored. A first file is judged by the habits it shows: a
    load that rests at 100 % for hours would be doubted in all of it."""
    newest = deque(((one.at, one.values) for one in observations), _looked_at(station))
    return _keep(station, sorted(newest, key=lambda one: one[0]))


def _looked_at(station: Station) -> int:
    return min(max(NEWEST, ceil(SPAN / station.expected_interval)), MOST)


def _keep(station: Station, past: Iterable[Values]) -> bool:
    """Of a past in order of time, in either direction: a run is as long backwards."""
    columns: dict[str, array[float]] = {}
    times: list[datetime] = []
    for row, (at, values) in enumerate(past):
        times = [*times[:1], at]
        for code, value in values.items():
            column = columns.setdefault(code, array("d"))
            column.extend([nan] * (row - len(column)))
            column.append(value)
    if not times or abs(times[-1] - times[0]) < LEAST:
        return False
    station.habits = {code: asdict(learn_habit(np.array(columns[code]))) for code in sorted(columns)}
    Station.objects.filter(slug=station.slug).update(habits=station.habits)
    return True


def _trusted(document: dict[str, Any]) -> Values:
    """NaN for what another rule doubts: a −9999 is no floor to rest on. What rests too long may yet become a habit."""
    flags = document["flags"]
    doubted = {code for code, flag in flags.items() if rule_of(flag) != FROZEN}
    return document["at"], {code: nan if code in doubted else value for code, value in document["values"].items()}
