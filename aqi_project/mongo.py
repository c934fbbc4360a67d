"""The pymongo handles of Django's own MongoDB connection, for the paths where speed or a pipeline matters."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import ConnectionFailure

DUPLICATE_KEY = 11_000  # MongoDB's code of the error


def database() -> Database[dict[str, Any]]:
    """The database of Django's connection, which is opened where it is not."""
    connection.ensure_connection()
    return connection.database


def collection(model: type[models.Model]) -> Collection[dict[str, Any]]:
    """The collection that stores `model`. Times in it are naive UTC, as Django writes them."""
    return database()[model._meta.db_table]


def is_away(error: BaseException) -> bool:
    """Whether it says that the database cannot be reached just now, raised by pymongo or by Django."""
    return isinstance(error, ConnectionFailure) or isinstance(error.__cause__, ConnectionFailure)


def newest_each(
    model: type[models.Model], group: str, time: str, keys: Iterable[str], *fields: str
) -> Iterable[dict[str, Any]]:
    """The newest document of each key, such as each station's newest reading: the key as `_id`, `time` and `fields`."""
    return collection(model).aggregate(newest_stages(group, time, keys, *fields))


def newest_stages(group: str, time: str, keys: Iterable[str], *fields: str) -> list[dict[str, Any]]:
    """Its pipeline."""
    return [
        {"$match": {group: {"$in": list(keys)}}},
        {"$sort": {group: -1, time: -1}},  # both backwards: so MongoDB jumps through the index on (group, time)
        {"$group": {"_id": f"${group}", **{name: {"$first": f"${name}"} for name in (time, *fields)}}},
    ]
