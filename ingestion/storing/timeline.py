"""Readings of one station in time order: those that a batch touches, and what is stored around them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.models import Reading, Station
from ingestion.observation import Observation

STORED_FIELDS = ("at", "values", "flags", "aqi", "dominant", "revision", "provider", "received_at")


@dataclass(frozen=True, slots=True)
class Reach:
    """How far judging a reading looks: so many rows of its station, and at least this span."""

    rows: int
    span: timedelta


@dataclass(slots=True)
class Row:
    """One reading on its way into the database. `stored` is the document that is there already, if any."""

    at: datetime  # aware UTC, as received_at
    values: dict[str, float]
    faults: dict[str, str]
    provider: str
    received_at: datetime
    stored: dict[str, Any] | None = None
    flags: dict[str, str] = field(default_factory=dict)
    aqi: int | None = None
    dominant: str = ""
    remarks: list[str] = field(default_factory=list)

    @property
    def is_revision(self) -> bool:
        return self.stored is not None and self.stored["values"] != self.values

    def merge(self, observation: Observation) -> None:
        """Take over what was observed: a later value replaces an earlier one, and no value replaces nothing."""
        self.values = {**self.values, **observation.values}
        faults = {**self.faults, **observation.rejected}
        self.faults = {code: why for code, why in faults.items() if code not in self.values}


@dataclass(slots=True)
class Timeline:
    """`rows` may change: the batch and what comes within reach after it. `history`, before it, is only looked at."""

    history: list[Row]
    rows: list[Row]


def runs(observations: Sequence[Observation], reach: timedelta) -> Iterator[list[Observation]]:
    """The observations by time, split where a gap is so long that both sides have nothing to do with each other."""
    run: list[Observation] = []
    for observation in sorted(observations, key=lambda one: one.at):
        if run and observation.at - run[-1].at > 2 * reach:
            yield run
            run = []
        run.append(observation)
    if run:
        yield run


def timeline(
    station: Station, observations: Sequence[Observation], reach: Reach, received_at: datetime | None
) -> Timeline:
    """What is stored around sorted `observations`, with them merged in; new rows are stamped `received_at` or now."""
    first, last = observations[0].at, observations[-1].at
    edges = {"$gte": _edge(station, first, reach, -1), "$lte": _edge(station, last, reach, 1)}
    span = {side: clock.naive(edge) for side, edge in edges.items() if edge is not None}
    query = {"station": station.slug, **({"at": span} if span else {})}
    found = collection(Reading).find(query, dict.fromkeys(STORED_FIELDS, 1))
    stored = {row.at: row for row in map(_row_of, found)}
    history = [stored.pop(at) for at in sorted(at for at in stored if at < first)]
    arrived = received_at or clock.now()
    for observation in observations:
        row = stored.get(observation.at)
        if row is None:
            row = stored[observation.at] = Row(observation.at, {}, {}, observation.provider, arrived)
        row.merge(observation)
        if row.is_revision:
            row.received_at = arrived
    return Timeline(history, [stored[at] for at in sorted(stored)])


def _edge(station: Station, at: datetime, reach: Reach, direction: int) -> datetime | None:
    """How far to read before (-1) or after (1) `at`; None where fewer rows are there than would be looked at."""
    side = "$lt" if direction < 0 else "$gt"
    query = {"station": station.slug, "at": {side: clock.naive(at)}}
    found = collection(Reading).find(query, {"_id": 0, "at": 1}).sort("at", direction).skip(reach.rows - 1).limit(1)
    edge = next((clock.aware(document["at"]) for document in found), None)
    if edge is None or direction < 0:
        return edge and min(edge, at - reach.span)
    return edge + reach.span  # a flag that falls changes the averages after it


def _row_of(document: dict[str, Any]) -> Row:
    faults = {code: reason for code, reason in document["flags"].items() if code not in document["values"]}
    at, received_at = clock.aware(document["at"]), clock.aware(document["received_at"])
    row = Row(at, document["values"], faults, document["provider"], received_at, document)
    row.flags, row.aqi, row.dominant = document["flags"], document["aqi"], document["dominant"]
    return row
