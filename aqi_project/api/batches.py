"""Lists of items in a request's body."""

from __future__ import annotations

from typing import Any

from aqi_project.api import ApiError

LARGEST_BATCH = 10_000


def batch_of(items: Any, keys: str) -> list[Any]:
    """The list, or ApiError where it is none, empty or too long. `keys` says what an item should have."""
    if not isinstance(items, list):
        raise ApiError(400, "invalid", f"Send a list of objects with {keys}.")
    if not items:
        raise ApiError(400, "empty_batch", "The list is empty. Send at least one item.")
    if len(items) > LARGEST_BATCH:
        text = f"The list has {len(items):,} items. Send {LARGEST_BATCH:,} at most and the rest in a second call."
        raise ApiError(400, "batch_too_long", text)
    return items
