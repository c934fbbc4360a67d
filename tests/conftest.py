"""What every test shares."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation

from detection.audit import trail

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
SAME_FOR_ALL = (
    ContentType,
    Permission,
)  # Django's own flush writes them anew each time, which takes a tenth of a second


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may run beside each other (`make test`): files may, but only one test at a time starts real processes."""
    for item in items:
        apart = any(item.iter_markers("processes")) or any(item.iter_markers("browser"))
        item.add_marker(pytest.mark.xdist_group("processes" if apart else item.path.stem))
    items.sort(key=lambda item: next(item.iter_markers("xdist_group")).args != ("processes",))  # the longest first


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the larger data sets, which is not part of the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the larger data sets beside the repository (../shared/data)")
    return SHARED_DATA


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> Iterator[None]:
    """After each test only what it has written is removed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashed as ever, in fewer rounds; a hash carries their number, so that other processes can check it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1000)
        yield


@pytest.fixture(autouse=True)
def speaks_english() -> None:
    """A request in Urdu leaves its language behind; no test meets that of another."""
    translation.deactivate()


def flush(case: Any = None) -> None:
    """Empty the collections of all models, in two or three commands where a test has written little.

    What is written in the background comes first: later the database belongs to the next test, or is closed to all.
    """
    trail.drain()
    tables = [one._meta.db_table for one in apps.get_models(include_auto_created=True) if one not in SAME_FOR_ALL]
    connection.ensure_connection()
    for table in _written(tables):
        connection.database[table].delete_many({})
    if not Permission.objects.exists():  # a test has emptied the database by itself
        call_command("flush", verbosity=0, interactive=False)


def _written(tables: list[str]) -> list[str]:
    """Those that hold anything, found with one command."""
    first, *others = ([{"$limit": 1}, {"$project": {"_id": 0, "table": table}}] for table in map(_literal, tables))
    unions = [
        {"$unionWith": {"coll": table, "pipeline": steps}} for table, steps in zip(tables[1:], others, strict=True)
    ]
    return [found["table"] for found in connection.database[tables[0]].aggregate([*first, *unions])]


def _literal(text: str) -> dict[str, str]:
    return {"$literal": text}
