"""`manage.py evaluate`: what the detectors, bands and forecasts of a stored series or a file are worth."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from detection import frames
from detection.evaluation.command import add_arguments, as_text, run
from detection.management.sentences import EITHER, NAMED
from ingestion.models import Station


class Command(BaseCommand):
    help = "Evaluate every detector on a stored series or a CSV file, with events put in or with labelled windows."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)
        parser.add_argument("--series", help="a stored series, such as lahore/pm2_5, instead of a file")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["series"]) == bool(options["csv"]):
            raise CommandError(EITHER)
        try:
            report = self._stored(options) if options["series"] else run(options)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(report, indent=1) if options["json"] else as_text(report))

    def _stored(self, options: dict[str, Any]) -> dict[str, Any]:
        """Evaluate a series on all its readings, at the station's own interval and in its zone."""
        slug, _, variable = options["series"].partition("/")
        station = Station.objects.filter(slug=slug).first()
        frame = frames.with_neighbours(station) if station else None
        if station is None or frame is None or variable not in frame:
            raise ValueError(f"No reading of the series {options['series']!r} is stored. {NAMED}")
        frame = frame[[variable]] if options["alone"] else frames.of_series(frame, variable)
        freq = f"{station.expected_interval.total_seconds():g}s"
        return run({**options, "value": variable, "freq": freq, "zone": station.timezone}, frame)
