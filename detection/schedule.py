"""What detection does by the clock."""

from django.utils.translation import gettext_noop as _

from aqi_project.queue import schedules


def ensure_schedules() -> None:
    schedules.ensure(_("Score what was left behind"), "detection.tasks.score_all", minutes=1)
    schedules.ensure(_("Watch the models"), "detection.tasks.watch_models", minutes=1)
    schedules.ensure(_("Train what nothing watches yet"), "detection.tasks.adopt_newcomers", minutes=60)
    schedules.ensure(_("Keep the providers' forecasts"), "detection.tasks.fetch_provider_forecasts", minutes=10)
    schedules.ensure(_("Clear away what trainings left behind"), "detection.tasks.clear_orphans", minutes=60)
    schedules.ensure(_("Tell MLflow of trainings"), "detection.tasks.tell_mlflow", minutes=1)
