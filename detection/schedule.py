"""What detection does by the clock."""

from ingestion import schedules


def ensure_schedules() -> None:
    schedules.ensure("Score what was left behind", "detection.tasks.score_all", minutes=1)
    schedules.ensure("Watch the models", "detection.tasks.watch_models", minutes=1)
