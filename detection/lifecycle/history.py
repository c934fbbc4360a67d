"""The records of a model's life: who let which version serve, each training, each check for drift."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from detection.immutable import Immutable
from detection.lifecycle.training.reasons import Reason

SHOWN_DAYS, SHOWN_SERIES = 60, 40  # on the page of all checks


class Promotion(Immutable):
    """A version began to serve: who let it, when, why, and what served before."""

    class Action(models.TextChoices):
        PROMOTE = "promote", _("Promoted")
        ROLLBACK = "rollback", _("Rolled back")

    series = models.CharField(max_length=140)
    change = models.IntegerField(help_text=_("Counts the changes of the series."))
    action = models.CharField(max_length=10, choices=Action.choices)
    at = models.DateTimeField(default=timezone.now)
    who = models.CharField(max_length=150, help_text=_("A person's name; “system” for the gate."))
    why = models.TextField()
    from_number = models.IntegerField(null=True, help_text=_("Empty where nothing had served."))
    to_number = models.IntegerField()

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["series", "change"], name="one_promotion_per_change")]
        indexes = [models.Index(fields=["series", "-at"], name="promotion_by_series")]

    def __str__(self) -> str:
        return f"{self.series}: {self.from_number or '–'} → {self.to_number}"


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


class DriftReport(models.Model):
    """One check of one series: does it still behave as it did? One a day of readings."""

    class Verdict(models.TextChoices):
        STABLE = "stable", _("Stable")
        WATCH = "watch", _("Watched")
        DRIFT = "drift", _("Drift")

    series = models.CharField(max_length=140)
    at = models.DateTimeField(help_text=_("The newest reading it looked at."))
    day = models.DateField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=40, help_text=_("The test that decided."))
    since = models.DateTimeField(null=True, help_text=_("The likeliest time of the change."))
    factor = models.FloatField(null=True, help_text=_("New level divided by the old one."))
    is_new = models.BooleanField(default=False, help_text=_("Drift that no earlier check has reported."))
    tests = models.JSONField(default=list)
    sentence = models.TextField()
    sentence_ur = models.TextField(blank=True)
    plot = models.JSONField(default=dict, help_text=_("Quantiles of each day, in the variable's unit."))
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["series", "day"], name="one_drift_report_per_day")]

    def __str__(self) -> str:
        return f"{self.series} {self.day} {self.verdict}"


def verdicts() -> dict[str, dict[date, str]]:
    """The verdicts of the newest days by series."""
    newest = DriftReport.objects.order_by("-day").values_list("day", flat=True).first()
    if newest is None:
        return {}
    found: dict[str, dict[date, str]] = {}
    rows = DriftReport.objects.filter(day__gt=newest - timedelta(days=SHOWN_DAYS)).order_by("series", "day")
    for series, day, verdict in rows.values_list("series", "day", "verdict"):
        if series in found or len(found) < SHOWN_SERIES:
            found.setdefault(series, {})[day] = verdict
    return found
