"""`manage.py setup`: everything between an empty database and a running system. Safe to repeat."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS

from aqi_project.admin.accounts import NAME, ensure_admin
from aqi_project.mongodb.server import refuse_unreachable
from aqi_project.web import plotly

STEPS: tuple[tuple[str, dict[str, object]], ...] = (
    ("migrate", {"verbosity": 0}),
    ("create_indexes", {}),
    ("load_sample", {}),
    ("train", {"missing": True, "verbosity": 0}),
    ("seed_alerts", {}),
)


class Command(BaseCommand):
    help = "Check the database, migrate, load the sample, train what is missing, create the administrator and a rule."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unreachable(settings.MONGODB_URI, settings.MONGODB_TIMEOUT)
        self.check(databases=[DEFAULT_DB_ALIAS])
        plotly.prepare(settings.PLOTLY_PACKAGE, settings.PLOTLY)
        for name, choices in STEPS:
            call_command(name, **choices)
        password = ensure_admin()
        if password:
            self.stdout.write(f"\n  Administrator: {NAME}, password: {password}  (again: make admin-password)\n")
