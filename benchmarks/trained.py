"""`python -m benchmarks.trained`: the shipped recording of Lahore, and a model of its PM2.5 that is trained on it."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
KEY = "lahore/pm2_5"


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from detection.lifecycle.training import runs
    from detection.models import ModelVersion, Series, TrainingRun

    call_command("load_sample", verbosity=0)
    station, _, variable = KEY.partition("/")
    series = Series.objects.create(key=KEY, station=station, variable=variable)
    run = TrainingRun.objects.create(series=KEY, reason=ModelVersion.Reason.FIRST, why="benchmark")
    runs.execute(str(run.pk))
    series.refresh_from_db()
    assert series.champion, TrainingRun.objects.get(pk=run.pk).outcome


if __name__ == "__main__":
    main()
