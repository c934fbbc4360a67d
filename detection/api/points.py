"""Reading what a client asks about: one value of one sensor at one time. Each refusal says what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite
from typing import Any, NamedTuple

from aqi_project.api import ApiError

LONGEST_ID = 140


class Point(NamedTuple):
    """One checked item of a request; `given` is its time as the client wrote it."""

    sensor_id: str
    at: datetime
    given: str
    value: float


def read(item: Any) -> Point:
    """The item, or ApiError."""
    if not isinstance(item, dict):
        raise refused("Send an object with timestamp, sensor_id and value.")
    return Point(_sensor_id(item), *_time(item), _value(item))


def refused(message: str, field: str | None = None) -> ApiError:
    return ApiError(400, "invalid", message, field)


def _sensor_id(item: dict[str, Any]) -> str:
    sensor_id = item.get("sensor_id")
    if not isinstance(sensor_id, str) or not 0 < len(sensor_id) <= LONGEST_ID:
        raise refused("'sensor_id' must be text such as lahore/pm2_5.", "sensor_id")
    return sensor_id


def _time(item: dict[str, Any]) -> tuple[datetime, str]:
    given = item.get("timestamp")
    try:
        at = datetime.fromisoformat(given)  # type: ignore[arg-type]
        if at.tzinfo is None:
            raise refused("The timestamp has no offset: end it with Z or +05:00.", "timestamp")
        return at.astimezone(UTC), str(given)
    except (TypeError, ValueError, OverflowError):
        raise refused("'timestamp' must be a time such as 2026-01-31T14:00:00Z.", "timestamp") from None


def _value(item: dict[str, Any]) -> float:
    value = item.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refused("'value' must be a number, without quotes.", "value")
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not isfinite(number):
        raise refused("'value' must be a finite number.", "value")
    return number
