"""`manage.py rollback SERIES --why …`: let the version serve that served before."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from detection.management.account import account_name
from detection.versions.registry import RegistryError, rollback, series_called


class Command(BaseCommand):
    help = "Let the version of a series serve that served before the present one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("series", help="station/variable, such as lahore/pm2_5")
        parser.add_argument("--why", required=True, help="the reason, which is kept")

    def handle(self, *args: Any, series: str, why: str, **options: Any) -> None:
        try:
            row = rollback(series_called(series), who=account_name(), why=why)
        except RegistryError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(row))
