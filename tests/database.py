"""The tests' database: what has been written to it, emptying it, and filling it as an earlier test began."""

from collections.abc import Callable
from typing import Any

from bson import ObjectId
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from detection.audit import trail
from detection.live import serving
from detection.models import Series

SAME_FOR_ALL = (
    ContentType,
    Permission,
)  # Django's own flush writes them anew each time, which takes a tenth of a second
_kept: dict[Callable[[], None], dict[str, list[dict[str, Any]]]] = {}


def flush(case: Any = None) -> None:
    """Empty the collections of all models, in two or three commands where a test has written little.

    What is written in the background comes first: later the database belongs to the next test, or is closed to all.
    What pages keep for a moment is of this database, too.
    """
    cache.clear()
    for table in _written():
        connection.database[table].delete_many({})
    if not Permission.objects.exists():  # a test has emptied the database by itself
        call_command("flush", verbosity=0, interactive=False)


def begin_with(make: Callable[[], None]) -> None:
    """Fill the empty database as `make` does, which is called once: later tests get copies of what it wrote.

    A series gets a new id with each copy, as it would if made anew: under its id a process remembers its models.
    """
    serving.forget()
    if make in _kept:
        for table, documents in _kept[make].items():
            renewed = table == Series._meta.db_table
            connection.database[table].insert_many([one | {"_id": ObjectId()} if renewed else one for one in documents])
        return
    assert _written() == [], "there is something already, which would be copied too"
    make()
    _kept[make] = {table: list(connection.database[table].find()) for table in _written()}


def _written() -> list[str]:
    """The collections that hold anything, found with one command."""
    trail.drain()
    connection.ensure_connection()
    tables = [one._meta.db_table for one in apps.get_models(include_auto_created=True) if one not in SAME_FOR_ALL]
    first, *others = ([{"$limit": 1}, {"$project": {"_id": 0, "table": table}}] for table in map(_literal, tables))
    unions = [
        {"$unionWith": {"coll": table, "pipeline": steps}} for table, steps in zip(tables[1:], others, strict=True)
    ]
    return [found["table"] for found in connection.database[tables[0]].aggregate([*first, *unions])]


def _literal(text: str) -> dict[str, str]:
    return {"$literal": text}
