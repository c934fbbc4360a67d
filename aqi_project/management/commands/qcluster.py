"""`manage.py qcluster`: django-q2's worker, which starts with what runs each minute."""

import os
from typing import Any

from django.conf import settings
from django_q.management.commands.qcluster import Command as QClusterCommand
from django_q.models import Schedule
from django_q.tasks import async_task

from aqi_project import clock
from aqi_project.queue import memory, sentinel


class Command(QClusterCommand):
    """The scheduler first looks half a minute after the start: after a crash that is long."""

    def handle(self, *args: Any, **options: Any) -> None:
        sentinel.install()
        if options["cluster_name"]:
            os.environ["Q_CLUSTER_NAME"] = options["cluster_name"]
        if settings.Q_CLUSTER["scheduler"]:
            each_minute = Schedule.objects.filter(schedule_type=Schedule.MINUTES, minutes=1)
            each_minute.update(next_run=clock.now())
            for function in each_minute.values_list("func", flat=True):
                async_task(function)
        memory.preload()
        sentinel.Cluster().start(once=options["run_once"])
