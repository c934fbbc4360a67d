"""What issued forecasts were worth: each against what came, and the sums of each month."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.Model):
    """One issued forecast against what came, by group of hours ahead. Sums, so that they can be added up."""

    series = models.CharField(max_length=140)
    issued_at = models.DateTimeField()
    month = models.CharField(max_length=7, help_text=_("In which it was issued, such as 2026-11."))
    model_version = models.IntegerField()
    groups = models.JSONField(
        default=dict, help_text=_("Hours ahead → count, inside, error, persistence, seasonal_naive, provider.")
    )
    is_complete = models.BooleanField(default=False, help_text=_("All of its hours have passed."))

    class Meta:
        ordering = ["-issued_at"]
        constraints = [models.UniqueConstraint(fields=["series", "issued_at"], name="one_outcome_per_forecast")]
        indexes = [models.Index(fields=["series", "month"], name="outcome_by_month")]

    def __str__(self) -> str:
        return f"{self.series} {self.issued_at:%Y-%m-%d %H:%M}"


class MonthlyRecord(models.Model):
    """All forecasts of one series and month for one group of hours ahead. Errors are means, in the variable's unit."""

    series = models.CharField(max_length=140)
    month = models.CharField(max_length=7)
    hours = models.CharField(max_length=7, help_text=_("Hours ahead, such as 7-24."))
    count = models.IntegerField(help_text=_("Pairs of a foretold and a measured value."))
    error = models.FloatField(help_text=_("Mean absolute error of ours."))
    persistence = models.FloatField(help_text=_("Of “it stays as it is”."))
    seasonal_naive = models.FloatField(null=True, help_text=_("Of “as yesterday at this hour”."))
    provider = models.FloatField(null=True, help_text=_("Of the provider's own forecast, where it was stored."))
    coverage = models.FloatField(help_text=_("Share inside the range meant for 95 of 100."))

    class Meta:
        ordering = ["series", "-month", "hours"]
        constraints = [models.UniqueConstraint(fields=["series", "month", "hours"], name="one_record_per_month")]

    def __str__(self) -> str:
        return f"{self.series} {self.month} {self.hours} h"
