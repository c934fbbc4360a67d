"""The pymongo handles of Django's own MongoDB connection, for the paths where speed or a pipeline matters."""

from typing import Any

from django.db import connection, models
from pymongo.collection import Collection
from pymongo.database import Database


def database() -> Database[dict[str, Any]]:
    """The database of Django's connection, which is opened where it is not."""
    connection.ensure_connection()
    return connection.database


def collection(model: type[models.Model]) -> Collection[dict[str, Any]]:
    """The collection that stores `model`. Times in it are naive UTC, as Django writes them."""
    return database()[model._meta.db_table]
