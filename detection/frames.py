"""Stored readings as the frames that detectors work on."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import inf
from typing import TYPE_CHECKING, Any

from aqi_project import clock
from aqi_project.mongo import collection
from detection.timeseries.columns import NEIGHBOUR, companions_of, neighbours_of
from ingestion.models import Reading, Station
from ingestion.quality.doubt import trusted
from ingestion.stations.distance import distance_km

if TYPE_CHECKING:
    import pandas as pd

MOST_NEIGHBOURS = 5  # more settle nothing, and each is read whole for a training
INSTANT = timedelta(microseconds=1)


def load(station: str, start: datetime | None = None, end: datetime | None = None) -> pd.DataFrame:
    """Readings with start ≤ at ≤ end as the project's frame; NaN where a value is missing or flagged."""
    import numpy as np
    import pandas as pd

    found = list(
        collection(Reading).find(_query(station, start, end), {"at": 1, "values": 1, "flags": 1}).sort("at", 1)
    )
    codes = sorted({code for document in found for code in document["values"]})
    columns = {code: np.array([trusted(document, code) for document in found], dtype=np.float64) for code in codes}
    index = pd.DatetimeIndex([document["at"] for document in found], tz="UTC", name="at")
    return pd.DataFrame(columns, index=index)


def with_neighbours(station: Station, start: datetime | None = None, end: datetime | None = None) -> pd.DataFrame:
    """The same, and a column `variable@slug` for each variable that a neighbour measures too.

    A neighbour's value stands at the reading of ours that it is not newer than, and not older by a whole interval.
    """
    frame = load(station.slug, start, end)
    if frame.empty:
        return frame
    for slug in nearest(station):
        near = load(slug, frame.index[0] - station.expected_interval, frame.index[-1])
        shared = near[[code for code in near if code in frame]]
        placed = shared.reindex(frame.index, method="ffill", tolerance=station.expected_interval - INSTANT)
        frame = frame.join(placed.add_suffix(f"{NEIGHBOUR}{slug}"))
    return frame


def nearest(station: Station) -> list[str]:
    """The nearest other stations of its city that are watched, and, for a recording, moved by the same time."""
    return [one.slug for one in sorted(city_of(station), key=lambda one: _apart(station, one))[:MOST_NEIGHBOURS]]


def city_of(station: Station) -> list[Station]:
    """The other stations of its city whose hours are the same hours."""
    found = Station.objects.filter(city=station.city, is_active=True).exclude(slug=station.slug).exclude(city="")
    moved = (station.is_recording, station.replay_shift)
    return [one for one in found if (one.is_recording, one.replay_shift) == moved]


def _apart(one: Station, other: Station) -> tuple[float, str]:
    """Kilometres between two stations of one city, those without coordinates last."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return inf, other.slug
    return distance_km(one.latitude, one.longitude, other.latitude, other.longitude), other.slug


def of_series(frame: pd.DataFrame, variable: str) -> pd.DataFrame:
    """The columns that a series is judged by: its station's own, and its own variable at the neighbours."""
    return frame[[variable, *companions_of(variable, frame), *neighbours_of(variable, frame)]]


def _query(station: str, start: datetime | None, end: datetime | None) -> dict[str, Any]:
    span = {}
    if start is not None:
        span["$gte"] = clock.naive(start)
    if end is not None:
        span["$lte"] = clock.naive(end)
    return {"station": station, "at": span} if span else {"station": station}
