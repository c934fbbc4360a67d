"""Queries that are sorted by an index. What is not said here is django-mongodb-backend's."""

from typing import Any

from django_mongodb_backend.compiler import (
    SQLAggregateCompiler,
    SQLDeleteCompiler,
    SQLInsertCompiler,
    SQLUpdateCompiler,
)
from django_mongodb_backend.compiler import SQLCompiler as MongoCompiler
from django_mongodb_backend.query import MongoQuery

__all__ = ["SQLAggregateCompiler", "SQLCompiler", "SQLDeleteCompiler", "SQLInsertCompiler", "SQLUpdateCompiler"]


class Query(MongoQuery):
    """Sorts and cuts what is stored before it chooses of each document what is wanted.

    The backend sorts last, behind a $project, or behind `{"$addFields": {"at": "$at"}}`, which changes nothing. There
    MongoDB uses no index to sort: the newest row of a hundred thousand was found by reading all of them.
    """

    def get_pipeline(self) -> list[dict[str, Any]]:
        pipeline: list[dict[str, Any]] = super().get_pipeline()
        if not self._sorts_what_is_stored():
            return pipeline
        sorted_first = [stage for stage in pipeline if not {"$project", "$addFields"} & set(stage)]
        return [*sorted_first, *(stage for stage in pipeline if "$project" in stage)]

    def _sorts_what_is_stored(self) -> bool:
        """Whether it sorts by columns of the one collection that it reads."""
        made = (self.lookup_pipeline, self.subqueries, self.aggregation_pipeline, self.combinator_pipeline)
        others = (*made, self.search_pipeline, self.subquery_lookup)
        columns = {field.column for field in self.query.model._meta.concrete_fields}
        return bool(self.ordering) and set(self.ordering) <= columns and not any(others)


class SQLCompiler(MongoCompiler):
    query_class = Query
