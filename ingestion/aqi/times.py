"""Times at the edge of the arrays: aware in, naive UTC datetime64 inside."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray


def utc64(at: Any) -> NDArray[np.datetime64]:
    """Times as naive UTC datetime64[us]; a naive datetime is refused."""
    if isinstance(at, datetime):
        return np.array(_utc(at), dtype="datetime64[us]")
    if isinstance(at, Iterable) and not hasattr(at, "dtype"):
        return np.array([_utc(moment) for moment in at], dtype="datetime64[us]")
    if getattr(at, "tz", True) is None:
        raise ValueError("The times have no time zone. Give them in UTC, tz-aware.")
    return np.asarray(at, dtype="datetime64[ns]").astype("datetime64[us]")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"The time {moment.isoformat()} has no time zone. Give it in UTC, aware.")
    return moment.astimezone(UTC).replace(tzinfo=None)
