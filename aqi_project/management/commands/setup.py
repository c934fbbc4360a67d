"""`manage.py setup`: everything between an empty database and a running system. Safe to repeat."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from aqi_project.accounts import NAME, ensure_admin

STEPS: tuple[tuple[str, dict[str, bool]], ...] = (
    ("load_sample", {}),
    ("train", {"missing": True}),
    ("seed_alerts", {}),
)


class Command(BaseCommand):
    help = "Migrate, load the sample, train what is missing, create the administrator."

    def handle(self, *args: Any, **options: Any) -> None:
        self._check_database()
        call_command("migrate", verbosity=0)
        for name, settings in STEPS:
            call_command(name, **settings)
        password = ensure_admin()
        if password:
            self.stdout.write(f"\n  Administrator: {NAME}, password: {password}  (again: make admin-password)\n")

    def _check_database(self) -> None:
        try:
            connection.ensure_connection()
            connection.database.command("ping")
        except DatabaseError as error:
            raise CommandError(f"MONGODB_URI cannot be reached: {str(error.__cause__ or error)[:200]}") from None
