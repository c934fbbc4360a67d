"""`manage.py promote SERIES NUMBER --why …`: let a version serve."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from detection.management.account import account_name
from detection.versions.registry import RegistryError, promote, series_called


class Command(BaseCommand):
    help = "Let a version of a series serve. Every process serves it within a second."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("series", help="station/variable, such as lahore/pm2_5")
        parser.add_argument("number", type=int, help="the version; `models` lists them")
        parser.add_argument("--why", required=True, help="the reason, which is kept")

    def handle(self, *args: Any, series: str, number: int, why: str, **options: Any) -> None:
        try:
            row = promote(series_called(series), number, who=account_name(), why=why)
        except RegistryError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(row))
