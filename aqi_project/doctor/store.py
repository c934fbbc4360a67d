"""The database: does it answer, is it complete, and does its clock agree with ours?"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.checks import Tags, run_checks
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError
from pymongo.errors import PyMongoError

from aqi_project import clock
from aqi_project.doctor import Finding, UnreachableError, notice, well, wrong
from aqi_project.doctor.machine import room
from aqi_project.mongodb import required_indexes, server

SLOW = timedelta(milliseconds=100)  # for the simplest question
SKEW_NOTICED, SKEW_WRONG = timedelta(seconds=2), timedelta(seconds=30)


def database_answers() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
        began = time.perf_counter()
        connection.database.command("ping")
        took = timedelta(seconds=time.perf_counter() - began)
        connection.database.list_collection_names()  # a ping is answered without a password, too
    except (DatabaseError, PyMongoError, ValueError) as error:
        raise UnreachableError(server.refusal(error)) from None
    version = connection.connection.server_info()["version"]
    says = f"MongoDB {version} answers in {took / timedelta(milliseconds=1):.1f} ms."
    yield notice(says, "Bring it nearer, or give it more memory.") if took > SLOW else well(says)
    for message in run_checks(tags=[Tags.database], databases=[DEFAULT_DB_ALIAS]):
        yield wrong(str(message.msg), message.hint or "")
    yield from _members()
    yield from _disk()


def _members() -> Iterator[Finding]:
    hello = connection.connection.admin.command("hello")
    if settings.EMBEDDED_MONGODB:
        yield notice(
            "The embedded MongoDB is old and for this machine only.", "Set MONGODB_URI where data must not be lost."
        )
    elif len(hello.get("hosts", [])) == 1:
        yield notice("The replica set has a single member: a lost disk is lost data.", "Add members, and back up.")


def _disk() -> Iterator[Finding]:
    stats = connection.database.command("dbStats")
    if stats.get("fsTotalSize"):  # a router of a sharded cluster does not say
        yield from room("The database's disk", stats["fsTotalSize"], stats["fsTotalSize"] - stats["fsUsedSize"])


def migrations_are_applied() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    names = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
    if names:
        yield wrong(f"Not applied: {', '.join(names[:5])}, {len(names)} in all.", "Run manage.py migrate.")
    else:
        yield well("All migrations are applied.")


def indexes_are_there() -> Iterator[Finding]:
    found: dict[str, list[Any]] = required_indexes.missing()
    for name, indexes in found.items():
        names = ", ".join(index.document["name"] for index in indexes)
        yield wrong(f"{name} lacks {names}.", "Run manage.py create_indexes.")
    if not found:
        yield well("All indexes are there.")


def clocks_agree() -> Iterator[Finding]:
    theirs = clock.aware(connection.connection.admin.command("hello")["localTime"])
    skew = abs(theirs - clock.now())
    says = f"This machine's clock and the database's are {skew.total_seconds():.1f} s apart."
    if skew < SKEW_NOTICED:
        yield well(says)
    else:
        yield (wrong if skew > SKEW_WRONG else notice)(says, "Let NTP set both (timedatectl set-ntp true).")
