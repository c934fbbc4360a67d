"""The page on the data model names what there is."""

import re
from typing import Any

import pytest
from django.apps import apps

from aqi_project.mongodb.indexes import ExpiringIndex
from tests.project.system import ROOT

PAGE = (ROOT / "docs" / "data-model.md").read_text()
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE, re.MULTILINE))
OURS = {"aqi_project", "ingestion", "detection", "alerts", "dashboard"}
MODELS = {model._meta.db_table: model for model in apps.get_models() if model._meta.app_label in OURS}


def test_it_has_every_collection_and_no_other() -> None:
    assert set(ROWS) == set(MODELS)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_it_says_what_a_document_is_unique_by(name: str) -> None:
    keys = [text.split(", ") for text in re.findall(r"`([^`]+)`", ROWS[name].rpartition(" | ")[2])]
    assert sorted(keys) == sorted(unique_keys(MODELS[name]))


def unique_keys(model: Any) -> list[list[str]]:
    fields = [[field.name] for field in model._meta.fields if field.unique and not field.primary_key]
    return fields + [list(one.fields) for one in model._meta.constraints]


def test_it_says_what_deletes_itself() -> None:
    expiring = {name for name, model in MODELS.items() if any(map(expires, model._meta.indexes))}
    assert {name for name, row in ROWS.items() if "deletes itself" in row} == expiring


def expires(index: Any) -> bool:
    return isinstance(index, ExpiringIndex)
