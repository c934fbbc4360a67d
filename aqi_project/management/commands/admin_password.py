"""`manage.py admin_password`: say the administrator's password again."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from aqi_project.admin.accounts import NAME, known_password


class Command(BaseCommand):
    help = "Print the administrator's name and password as they were made at the first start."

    def handle(self, *args: Any, **options: Any) -> None:
        password = known_password()
        if password is None and not User.objects.exists():
            raise CommandError("There is no account yet: make run, or manage.py setup, ends with making one.")
        if password is None:
            raise CommandError(
                f"The password was changed since, or this is not the machine of the first start. "
                f"Set a new one with: .venv/bin/python manage.py changepassword {NAME}"
            )
        self.stdout.write(f"name: {NAME}  password: {password}")
