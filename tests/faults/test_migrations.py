"""A migration that is killed is finished by the next one."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pymongo import MongoClient

pytestmark = pytest.mark.processes
KILLS = 3
LONGEST = 3.0  # seconds until a kill, from the first collection on
MIGRATE = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]


def start(database: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(MIGRATE, cwd=settings.BASE_DIR, env={**os.environ, "MONGODB_NAME": database})


def indexes(database: Any) -> dict[str, dict[str, Any]]:
    wanted = ("key", "unique", "expireAfterSeconds", "partialFilterExpression")
    return {
        name: {
            index: {word: found.get(word) for word in wanted}
            for index, found in database[name].index_information().items()
        }
        for name in database.list_collection_names()
    }


def kill_in_the_midst(database: Any, seconds: float) -> None:
    process = start(database.name)
    while process.poll() is None and not database.list_collection_names():
        time.sleep(0.01)
    time.sleep(seconds)
    process.kill()
    process.wait()


def test_a_migration_that_was_killed_is_finished_by_the_next(tmp_path: Path) -> None:
    dice = random.Random(9)
    with MongoClient(os.environ["MONGODB_URI"]) as client:
        clean, broken = client["test_migrated_once"], client["test_migrated_often"]
        try:
            assert start(clean.name).wait() == 0
            for _ in range(KILLS):
                kill_in_the_midst(broken, dice.uniform(0, LONGEST))
            assert start(broken.name).wait() == 0
            assert indexes(broken) == indexes(clean)
            assert applied(broken) == applied(clean)
        finally:
            client.drop_database(clean)
            client.drop_database(broken)


def applied(database: Any) -> set[tuple[str, str]]:
    return {(row["app"], row["name"]) for row in database["django_migrations"].find()}
