"""`manage.py models [SERIES]`: what serves, what else there is, and how good it was."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from detection.management.tables import as_json, as_table
from detection.models import ModelVersion, Series
from detection.versions.registry import RegistryError, series_called, versions


class Command(BaseCommand):
    help = "List the versions of one series, or of all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("series", nargs="?", help="station/variable; without it, all")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, series: str | None, **options: Any) -> None:
        try:
            wanted = [series_called(series)] if series else list(Series.objects.all())
        except RegistryError as error:
            raise CommandError(str(error)) from error
        rows = [described(one, version) for one in wanted for version in versions(one.key)]
        self.stdout.write(as_json(rows) if options["json"] else as_table(rows, "Nothing was trained yet."))


def described(series: Series, version: ModelVersion) -> dict[str, Any]:
    aliases = {series.champion: "champion", series.challenger: "challenger"}
    metrics = version.metrics
    return {
        "series": version.series,
        "number": version.number,
        "alias": aliases.get(version.number, ""),
        "created": version.created_at,
        "reason": version.reason,
        "rows": version.rows,
        "until": version.trained_to,
        "seconds": version.seconds,
        "error": metrics.get("error_challenger"),
        "persistence": metrics.get("error_persistence"),
        "as_yesterday": metrics.get("error_seasonal_naive"),
        "coverage": metrics.get("coverage"),
    }
