"""The indexes that the program relies on, and which of them a database lacks."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from pymongo import IndexModel

from aqi_project.mongo import database
from aqi_project.mongodb.base import SchemaEditor
from aqi_project.queue.broker import PREFIX

Wanted = dict[str, list[IndexModel]]


class _Book:
    """Takes a collection's place and writes down which indexes it is asked to make."""

    def __init__(self, wanted: list[IndexModel]) -> None:
        self.create_indexes = wanted.extend


class _Recorder(SchemaEditor):
    def __init__(self) -> None:
        super().__init__(connection)
        self.wanted: Wanted = {}

    def get_collection(self, name: str) -> Any:
        return _Book(self.wanted.setdefault(name, []))


def indexes() -> Wanted:
    """What each collection of the models should have, and the queue's, which no model describes."""
    recorder = _Recorder()
    for model in apps.get_models(include_auto_created=True):
        recorder._create_model_indexes(model)
    recorder.wanted[PREFIX + settings.Q_CLUSTER["name"]] = [IndexModel("due_at", name="due_at_1")]
    return recorder.wanted


def missing() -> Wanted:
    """Those that the database does not have."""
    lacking = {name: _lacking(name, wanted) for name, wanted in indexes().items()}
    return {name: wanted for name, wanted in lacking.items() if wanted}


def _lacking(name: str, wanted: list[IndexModel]) -> list[IndexModel]:
    there = {_kind(index) for index in database()[name].index_information().values()}
    return [index for index in wanted if _kind(index.document) not in there]


def _kind(index: Any) -> tuple[Any, ...]:
    """Fields with their directions, and what the index promises. Names may differ."""
    fields = index["key"].items() if hasattr(index["key"], "items") else index["key"]
    return tuple(fields), bool(index.get("unique")), index.get("expireAfterSeconds")
