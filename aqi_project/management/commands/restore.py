"""`manage.py restore FILE`: a database as `manage.py backup` found it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from aqi_project.mongo import database
from aqi_project.mongodb import backup
from aqi_project.mongodb.backup import BackupError, Manifest
from aqi_project.mongodb.embedded import embedded_database


class Command(BaseCommand):
    help = "Restore a backup into an empty database, then bring it up to this version. Stop web and workers first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="what `backup` wrote")
        parser.add_argument("--replace", action="store_true", help="delete what the database holds now")

    def handle(self, *args: Any, **options: Any) -> None:
        with embedded_database():
            self._restore(database(), options)

    def _restore(self, ours: Any, options: dict[str, Any]) -> None:
        try:
            manifest = backup.read_manifest(options["file"])
            _refuse_unknown(manifest)
            if ours.list_collection_names():
                self._make_room(ours, options["replace"])
            backup.restore(ours, options["file"], manifest)
        except BackupError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", verbosity=0)
        count = sum(about["count"] for about in manifest["collections"].values())
        self.stdout.write(
            f"{count:,} documents of {manifest['made_at']:%Y-%m-%d %H:%M} UTC are back. Next: manage.py doctor"
        )

    def _make_room(self, ours: Any, replace: bool) -> None:
        if not replace:
            raise BackupError(
                f"The database {ours.name} is not empty. Restore into another one (MONGODB_NAME), "
                "or let --replace delete what it holds."
            )
        ours.client.drop_database(ours.name)


def _refuse_unknown(manifest: Manifest) -> None:
    """A database that newer code has changed is not for this one."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(connection).disk_migrations}
    newer = sorted(set(manifest["migrations"]) - known)
    if newer:
        raise BackupError(f"This version does not know {newer[0]}: the backup is of a newer one. Install that first.")
