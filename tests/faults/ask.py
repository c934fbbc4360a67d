"""`python -m tests.faults.ask CALL …`: queue tasks without arguments, by their dotted names."""

import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
    django.setup()
    from django_q.tasks import async_task

    for call in sys.argv[1:]:
        async_task(call)
