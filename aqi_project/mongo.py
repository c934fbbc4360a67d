"""The pymongo handles of Django's own MongoDB connection, for the paths where speed or a pipeline matters."""

from typing import Any

from django.db import connection, models
from pymongo.collection import Collection


def collection(model: type[models.Model]) -> Collection[dict[str, Any]]:
    """The collection that stores `model`. Times in it are naive UTC, as Django writes them."""
    connection.ensure_connection()
    return connection.database[model._meta.db_table]
