"""How long each variable of a station usually repeats one value: what the rule `frozen` measures against."""

from collections import deque
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import numpy as np

from aqi_project.mongo import collection
from ingestion.models import Reading, Station
from ingestion.observation import Observation
from ingestion.quality.spec import learn_habit

NEWEST = 30_000  # readings that are looked at: three years of hours, three weeks of minutes
FROZEN = "frozen"  # the rule whose flags say no more than that a value rests
LEAST = timedelta(days=14)  # of readings, before a habit is believed


def learn(station: Station) -> bool:
    """Learn and keep the habits of a station; False where its past is too short to have any."""
    found = collection(Reading).find({"station": station.slug}, {"_id": 0, "at": 1, "values": 1, "flags": 1})
    return _keep(station, list(found.sort("at", -1).limit(NEWEST))[::-1])


def learn_from(station: Station, observations: Iterable[Observation]) -> bool:
    """The same from the last of those that are about to be stored. A first file is judged by the habits it shows: a
    load that rests at 100 % for hours would be doubted in all of it."""
    newest = sorted(deque(observations, NEWEST), key=lambda one: one.at)
    return _keep(station, [{"at": one.at, "values": one.values, "flags": {}} for one in newest])


def _keep(station: Station, past: list[dict[str, Any]]) -> bool:
    if not past or past[-1]["at"] - past[0]["at"] < LEAST:
        return False
    codes = sorted({code for document in past for code in document["values"]})
    station.habits = {code: _habit(past, code) for code in codes}
    Station.objects.filter(slug=station.slug).update(habits=station.habits)
    return True


def _habit(past: list[dict[str, Any]], code: str) -> dict[str, float]:
    values = np.array([_value(document, code) for document in past], dtype=np.float64)
    return asdict(learn_habit(values))


def _value(document: dict[str, Any], code: str) -> float:
    """NaN for what another rule doubts: a −9999 is no floor to rest on. What rests too long may yet become a habit."""
    if document["flags"].get(code, FROZEN).partition(":")[0] == FROZEN:
        return float(document["values"].get(code, np.nan))
    return float("nan")
