"""The checks whether a series still behaves as it did."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
