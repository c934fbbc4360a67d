"""What issued forecasts were worth: each against what came, and the sums of each month."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from detection.immutable import Immutable


class ProviderForecast(Immutable):
    """What a station's provider itself foretold, kept as it came."""

    station = models.SlugField(max_length=80, db_index=False)
    provider = models.CharField(max_length=20)
    issued_at = models.DateTimeField(help_text=_("The hour in which it was fetched."))
    start = models.DateTimeField(help_text=_("The time of the first value; one hour between values."))
    values = models.JSONField(help_text=_("Lists of values by variable, in its unit; null where there is none."))

    class Meta:
        ordering = ["-issued_at"]
        constraints = [models.UniqueConstraint(fields=["station", "issued_at"], name="one_provider_forecast_an_hour")]

    def __str__(self) -> str:
        return f"{self.provider} for {self.station} {self.issued_at:%Y-%m-%d %H:%M}"


class ShadowForecast(Immutable):
    """What a challenger foretold while it watched beside the champion. Nobody was shown it."""

    series = models.CharField(max_length=140)
    model_version = models.IntegerField()
    issued_at = models.DateTimeField(help_text=_("The time of the newest reading that it knew."))
    start = models.DateTimeField(help_text=_("The time of the first value; one hour between values."))
    median = models.JSONField(help_text=_("List of values, in the unit of the variable."))

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "model_version", "issued_at"], name="one_shadow_forecast_per_issue"
            )
        ]

    def __str__(self) -> str:
        return f"{self.series} version {self.model_version} issued {self.issued_at:%Y-%m-%d %H:%M}"


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
