"""What detection does by the clock."""

from ingestion import schedules


def ensure_schedules() -> None:
    schedules.ensure("Score what was left behind", "detection.tasks.score_all", minutes=1)
    schedules.ensure("Watch the models", "detection.tasks.watch_models", minutes=1)
    schedules.ensure("Train what nothing watches yet", "detection.tasks.adopt_newcomers", minutes=60)
    schedules.ensure("Keep the providers' forecasts", "detection.tasks.fetch_provider_forecasts", minutes=10)
    schedules.ensure("Clear away what trainings left behind", "detection.tasks.clear_orphans", minutes=60)
    schedules.ensure("Tell MLflow of trainings", "detection.tasks.tell_mlflow", minutes=1)
