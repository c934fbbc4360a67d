"""django-q2's queue in MongoDB, on Django's own connection: one client a process, and none shared across forks."""

from typing import Any

from django.db import connection
from django_q.brokers.mongo import Mongo
from pymongo.collection import Collection

PREFIX = "queue_"


class Broker(Mongo):
    """As django-q2's own, with a collection looked up at each use."""

    @staticmethod
    def get_connection(list_key: str | None = None) -> None:
        return None

    def get_collection(self) -> None:
        return None

    @property
    def collection(self) -> Collection[dict[str, Any]]:
        connection.ensure_connection()
        return connection.database[PREFIX + self.list_key]

    @collection.setter
    def collection(self, value: None) -> None:
        """The base class sets it when it is made; what counts is the present process's."""

    def info(self) -> str:
        connection.ensure_connection()
        return f"MongoDB {connection.connection.server_info()['version']}"
