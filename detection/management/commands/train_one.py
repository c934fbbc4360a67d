"""`manage.py train_one RUN`: the process in which one training run is done."""

from argparse import ArgumentParser
from typing import Any

from bson import ObjectId
from django.core.management.base import BaseCommand, CommandError

from detection.lifecycle.training.outcomes import carry_out
from detection.lifecycle.training.process import done_again_without_database
from detection.models import TrainingRun


class Command(BaseCommand):
    help = "Do one training run. The worker starts it; a person asks with `train`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", help="the id of the run")

    def handle(self, *args: Any, run: str, **options: Any) -> None:
        with done_again_without_database():
            self._carry_out(run)

    def _carry_out(self, run: str) -> None:
        known = ObjectId.is_valid(run)
        found = TrainingRun.objects.filter(pk=run, state__in=TrainingRun.OPEN).first() if known else None
        if found is None:
            raise CommandError(f"There is no open training run {run!r}. Ask for one with `train`.")
        self.stdout.write(carry_out(found).outcome)
