"""The newest document of each of many keys, such as the newest reading of each station, with one command."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from aqi_project.mongo import collection


def newest_each(
    model: type[Model], group: str, time: str, keys: Iterable[str], *fields: str
) -> Iterable[dict[str, Any]]:
    """With the key as `_id`, `time` and `fields`: one step in the index on (group, time) for each key."""
    stages: list[dict[str, Any]] = [
        {"$match": {group: {"$in": list(keys)}}},
        {"$sort": {group: -1, time: -1}},
        {"$group": {"_id": f"${group}", **{name: {"$first": f"${name}"} for name in (time, *fields)}}},
    ]
    return collection(model).aggregate(stages)
