"""`manage.py sign_models`: the step between a new SECRET_KEY and forgetting the old one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from detection.versions import artifacts


class Command(BaseCommand):
    help = "Sign stored models with the present SECRET_KEY, where one of SECRET_KEY_FALLBACKS signed them."

    def handle(self, *args: Any, **options: Any) -> None:
        results = list(artifacts.sign_again())
        problems = [str(problem) for problem in results if problem]
        self.stdout.write(f"{len(results) - len(problems)} stored models were signed again.")
        if problems:
            raise CommandError("\n".join(problems))
