"""The newest readings of a station, read in one query."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.models import Reading, Station

BEHIND = timedelta(hours=48)
MOST_ROWS = 600  # a finer series shows fewer hours, so that a page stays small
FIELDS = ("at", "values", "flags", "aqi", "dominant", "provider", "received_at", "scores")


@dataclass(frozen=True)
class Row:
    """One reading as pages need it; times are aware UTC."""

    at: datetime
    values: dict[str, float]
    flags: dict[str, str] = field(default_factory=dict)
    aqi: int | None = None
    dominant: str = ""
    provider: str = ""
    received_at: datetime | None = None
    scores: dict[str, Any] = field(default_factory=dict)

    def trusted(self, code: str) -> float | None:
        """The value of `code`, or None where it is missing or flagged."""
        return None if code in self.flags else self.values.get(code)


def looks_back(station: Station) -> timedelta:
    """How far the newest readings of a page reach."""
    return min(BEHIND, MOST_ROWS * station.expected_interval)


def newest_rows(station: Station) -> list[Row]:
    """Oldest first, the newest and what lies at most BEHIND before it; empty where nothing was ever read."""
    count = min(ceil(BEHIND / station.expected_interval) + 1, MOST_ROWS)
    cursor = collection(Reading).find({"station": station.slug}, dict.fromkeys(FIELDS, 1))
    rows = [_row(document) for document in cursor.sort("at", -1).limit(count)]
    return [row for row in reversed(rows) if row.at >= rows[0].at - BEHIND]


def rows_between(station: Station, start: datetime, end: datetime) -> Iterator[Row]:
    """All readings with start ≤ at < end (aware), oldest first."""
    query = {"station": station.slug, "at": {"$gte": clock.naive(start), "$lt": clock.naive(end)}}
    for document in collection(Reading).find(query, dict.fromkeys(FIELDS, 1)).sort("at", 1):
        yield _row(document)


def _row(document: dict[str, Any]) -> Row:
    found = {name: document[name] for name in FIELDS if document.get(name) is not None}
    for name in ("at", "received_at"):
        if name in found:
            found[name] = clock.aware(found[name])
    return Row(**found)
