"""`manage.py create_indexes`: make the indexes that the database lacks. Safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from pymongo.errors import OperationFailure

from aqi_project.mongo import database
from aqi_project.mongodb import required_indexes


class Command(BaseCommand):
    help = "Make the indexes that the program relies on, where the database lacks them."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, indexes in required_indexes.missing().items():
            try:
                made = database()[name].create_indexes(indexes)
            except OperationFailure as error:
                raise CommandError(f"{name}: {error.details['errmsg'] if error.details else error}") from error
            self.stdout.write(f"{name}: {', '.join(made)}")
