"""Indexes that Django does not know."""

from datetime import timedelta
from typing import Any

from django.db.models import Index
from pymongo import IndexModel


class ExpiringIndex(Index):
    """An index on one time field; MongoDB deletes documents when that time is older than `after`."""

    def __init__(self, *expressions: Any, after: timedelta, **options: Any) -> None:
        self.after = after
        super().__init__(*expressions, **options)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        path, arguments, options = super().deconstruct()
        return path, list(arguments), {**options, "after": self.after}

    def get_pymongo_index_model(self, *args: Any, **kwargs: Any) -> IndexModel:
        index: IndexModel = super().get_pymongo_index_model(*args, **kwargs)
        index.document["expireAfterSeconds"] = int(self.after.total_seconds())
        return index
