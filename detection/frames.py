"""Stored readings as the frames that detectors work on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.models import Reading

if TYPE_CHECKING:
    import pandas as pd


def load(station: str, start: datetime | None = None, end: datetime | None = None) -> pd.DataFrame:
    """Readings with start ≤ at ≤ end as the project's frame; NaN where a value is missing or flagged."""
    import numpy as np
    import pandas as pd

    found = list(
        collection(Reading).find(_query(station, start, end), {"at": 1, "values": 1, "flags": 1}).sort("at", 1)
    )
    codes = sorted({code for document in found for code in document["values"]})
    columns = {code: np.array([_usable(document, code) for document in found], dtype=np.float64) for code in codes}
    index = pd.DatetimeIndex([document["at"] for document in found], tz="UTC", name="at")
    return pd.DataFrame(columns, index=index)


def newest_at(station: str) -> datetime | None:
    """The time of a station's newest reading."""
    found = collection(Reading).find_one({"station": station}, {"at": 1}, sort=[("at", -1)])
    return clock.aware(found["at"]) if found else None


def _query(station: str, start: datetime | None, end: datetime | None) -> dict[str, Any]:
    span = {}
    if start is not None:
        span["$gte"] = clock.naive(start)
    if end is not None:
        span["$lte"] = clock.naive(end)
    return {"station": station, "at": span} if span else {"station": station}


def _usable(document: dict[str, Any], code: str) -> float:
    return float("nan") if code in document["flags"] else document["values"].get(code, float("nan"))
