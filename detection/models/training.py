"""The trainings of a series, and why there are any."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    FIRST = "first", _("First training")
    SCHEDULE = "schedule", _("On schedule")
    DRIFT = "drift", _("The data drifted")
    DEGRADATION = "degradation", _("Its errors grew")
    NEW_DATA = "new_data", _("Enough new data")
    UPGRADE = "upgrade", _("The program changed")
    MANUAL = "manual", _("Asked for by a person")


class TrainingRun(models.Model):
    """One training of one series, from the wish to its outcome."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        UNCHANGED = "unchanged", _("Nothing new to learn")
        FAILED = "failed", _("Failed")

    OPEN = (State.QUEUED, State.RUNNING)
    ENDED = (State.DONE, State.UNCHANGED, State.FAILED)

    series = models.CharField(max_length=140)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    why = models.TextField(blank=True, help_text=_("What the trigger saw."))
    who = models.CharField(max_length=150, default="system")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.IntegerField(default=0)
    requested_at = models.DateTimeField(default=timezone.now)
    data_until = models.DateTimeField(null=True, help_text=_("The newest reading when it was asked for."))
    window_starts_at = models.DateTimeField(null=True, help_text=_("From readings before, only the forecast learns."))
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    version = models.IntegerField(null=True, help_text=_("The version that it wrote."))
    promoted = models.BooleanField(default=False)
    outcome = models.TextField(blank=True, help_text=_("What became of it, in a sentence."))
    traceback = models.TextField(blank=True)
    mlflow_run = models.CharField(max_length=64, default="", blank=True, help_text=_("Its id in MLflow."))

    class Meta:
        ordering = ["-requested_at"]
        indexes = [
            models.Index(fields=["series", "-requested_at"], name="run_by_series"),
            models.Index(fields=["state"], name="run_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["series"], condition=models.Q(state="queued"), name="one_run_waits"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.requested_at:%Y-%m-%d %H:%M} {self.get_state_display()}"
