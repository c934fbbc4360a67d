"""What was foretold: by the champion, by a challenger, by the provider."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from aqi_project.clock import HOUR
from detection.models.immutable import Immutable


class Forecast(models.Model):
    """What was foretold, kept as it was issued: its record is checked against what came."""

    series = models.CharField(max_length=140)
    issued_at = models.DateTimeField(help_text=_("The time of the newest reading that it knew."))
    model_version = models.IntegerField()
    start = models.DateTimeField(help_text=_("The time of the first value; one hour between values."))
    quantiles = models.JSONField(
        help_text=_("Lists of values: q025, q10, q25, q50, q75, q90, q975, in the unit of the variable.")
    )
    categories = models.JSONField(
        null=True, help_text=_("By hour: the index of the median, and the probability of each category of the index.")
    )

    class Meta:
        ordering = ["-issued_at"]
        constraints = [models.UniqueConstraint(fields=["series", "issued_at"], name="one_forecast_per_issue")]

    def __str__(self) -> str:
        return f"{self.series} issued {self.issued_at:%Y-%m-%d %H:%M}"

    @property
    def hours(self) -> list[datetime]:
        """The time of each value."""
        return [self.start + row * HOUR for row in range(len(self.quantiles["q50"]))]


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
