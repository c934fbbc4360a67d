"""`manage.py score_csv`: a streaming anomaly score for every row of a CSV file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from detection.streaming import score_series
from detection.streaming.table import Table, TableError, most_unusual, read_table, remarks, write_scores

PROBATION = 0.15
SHOWN = 5


class Command(BaseCommand):
    help = "Score every row of a series in [0, 1] from what came before it: no labels, no settings, one pass."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV with a header, plain or .gz")
        parser.add_argument("--time", required=True, help="column with ISO 8601 times or seconds since the epoch")
        parser.add_argument("--value", required=True, help="column with the values")
        parser.add_argument("--out", required=True, type=Path, help="where to write time, value, anomaly_score")
        parser.add_argument(
            "--probation",
            type=float,
            default=PROBATION,
            help="share of the rows at the start that the printed summary leaves out; scores do not depend on it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 <= options["probation"] < 1:
            raise CommandError(f"--probation is a share of the rows from 0 to below 1, not {options['probation']:g}.")
        if options["out"].resolve() == options["file"].resolve():
            raise CommandError("--out is the file itself, whose other columns would be lost: name another file.")
        try:
            table = read_table(options["file"], options["time"], options["value"])
            scores = score_series(table.seconds, table.values)
            write_scores(options["out"], table, scores)
        except TableError as error:
            raise CommandError(str(error)) from error
        for remark in remarks(table):
            self.stderr.write(remark)
        self._summarise(table, most_unusual(scores, options["probation"], SHOWN), scores, options)

    def _summarise(self, table: Table, rows: list[int], scores: Any, options: dict[str, Any]) -> None:
        self.stdout.write(f"{len(scores)} rows scored into {options['out']}.")
        if rows:
            self.stdout.write(f"Most unusual after the first {options['probation']:.0%}:")
        for row in rows:
            time, value = table.texts[row]
            self.stdout.write(f"  {time}  {value}  {scores[row]:.3f}")
