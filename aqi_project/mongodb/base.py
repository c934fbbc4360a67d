"""Unique indexes over fields that are never null, without the partial filter; queries that an index sorts; migrations
that can be killed; transactions on any MONGODB_URI.

django-mongodb-backend makes each unique index partial ({"$type": "string"}) so that several nulls may stand beside each
other. MongoDB does not use such an index for `{"slug": "lahore"}`: every look-up by slug would read the collection.
"""

from typing import Any

from django.db.models import Field, Index, Model
from pymongo import IndexModel, ReadPreference

from aqi_project.mongodb.geography import without_gdal

with without_gdal():
    from django_mongodb_backend.base import DatabaseWrapper as MongoDatabaseWrapper
    from django_mongodb_backend.operations import DatabaseOperations
    from django_mongodb_backend.schema import DatabaseSchemaEditor


class FullUniqueIndex(Index):
    """A unique index over all documents."""

    def get_pymongo_index_model(self, *args: Any, **kwargs: Any) -> IndexModel:
        index: IndexModel = super().get_pymongo_index_model(*args, **kwargs)
        index.document.pop("partialFilterExpression", None)
        return index


class SchemaEditor(DatabaseSchemaEditor):
    def create_model(self, model: type[Model]) -> None:
        """Where a migration was killed, its collections may be there already: then it goes on with their indexes."""
        if model._meta.db_table not in self.connection.introspection.table_names():
            super().create_model(model)
            return
        self._create_model_indexes(model)
        for field in model._meta.local_many_to_many:
            if field.remote_field.through._meta.auto_created:
                self.create_model(field.remote_field.through)

    def add_index(
        self, model: type[Model], index: Index, *, field: Field | None = None, unique: bool = False, **rest: Any
    ) -> None:
        names = [field.name] if field else list(index.fields)
        if unique and not index.condition and not any(model._meta.get_field(name).null for name in names):
            index = FullUniqueIndex(fields=names, name=index.name)
        super().add_index(model, index, field=field, unique=unique, **rest)


class Operations(DatabaseOperations):
    compiler_module = "aqi_project.mongodb.compiler"


class DatabaseWrapper(MongoDatabaseWrapper):
    ops_class = Operations
    SchemaEditorClass = SchemaEditor

    def start_transaction_mongo(self) -> None:
        """On the primary, as MongoDB demands, also where MONGODB_URI prefers to read from elsewhere."""
        if self.session is None:
            self.ensure_connection()
            self.session = self.connection.start_session()
            self.session.start_transaction(read_preference=ReadPreference.PRIMARY)
