"""`manage.py backup PATH`: the whole database into one file, while everything runs."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pymongo.errors import OperationFailure

from aqi_project import clock
from aqi_project.mongo import database
from aqi_project.mongodb import backup
from aqi_project.mongodb.embedded import embedded_database

HISTORY_TOO_SHORT = 239  # MongoDB's error code SnapshotTooOld
HINT = (
    "The database forgot the moment at which this backup began, because it took longer than MongoDB's "
    "minSnapshotHistoryWindowInSeconds (300). Raise that, or use the tools of MongoDB or Atlas (docs/operate.md)."
)
EMPTY = (
    "The database {name} holds nothing that this program has written, so there is nothing to back up. Give the command "
    "the settings of the installation, MONGODB_URI above all (docs/operate.md)."
)


class Command(BaseCommand):
    help = "Write the whole database into one file. Everything may go on running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=_path, help="a file, or a folder in which a file named by the time is made")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        path: Path = options["path"]
        path = path / backup.name_at(now) if path.is_dir() else path
        try:
            with embedded_database():
                manifest = self._write(path, now)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        except OperationFailure as error:
            raise CommandError(HINT if error.code == HISTORY_TOO_SHORT else str(error)) from error
        count = sum(about["count"] for about in manifest["collections"].values())
        size = path.stat().st_size / 1e6
        self.stdout.write(f"{path}: {count:,} documents, {size:,.1f} MB. Keep SECRET_KEY beside it, not in it.")

    def _write(self, path: Path, now: datetime) -> backup.Manifest:
        if not (migrations := applied()):
            raise CommandError(EMPTY.format(name=connection.settings_dict["NAME"]))
        return backup.write(database(), path, {"made_at": now, "migrations": migrations})


def _path(text: str) -> Path:
    """What ends with a slash is meant as a folder; the file that would get its name would be replaced each night."""
    path = Path(text)
    if text.endswith("/") and not path.is_dir():
        raise ArgumentTypeError(f"there is no folder {text}: make it first, with mkdir -p {text}")
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise ArgumentTypeError(f"{text} is neither a file nor a folder, and a backup would take its place")
    return path


def applied() -> list[str]:
    """Migrations that the database has had, as app.name."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())
