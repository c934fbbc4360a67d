"""A forked process gets its own connection to MongoDB: pymongo's clients are not safe to share across a fork."""

import os

from django.db import connections
from django_mongodb_backend.base import DatabaseWrapper
from pymongo import MongoClient

# Kept, so that no destructor closes sockets that still belong to the parent.
_inherited: list[MongoClient] = []  # type: ignore[type-arg]


def forget_connections() -> None:
    """Let the next query of this process open a connection of its own."""
    _inherited.extend(DatabaseWrapper._connection_pools.values())
    DatabaseWrapper._connection_pools.clear()
    for connection in connections.all(initialized_only=True):
        connection.connection = None
        connection.__dict__.pop("database", None)


def install() -> None:
    os.register_at_fork(after_in_child=forget_connections)
