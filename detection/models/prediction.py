"""The verdicts that the API has served."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from aqi_project.mongodb.indexes import ExpiringIndex

KEPT = timedelta(days=90)


class Prediction(models.Model):
    """Verdicts of one request on one sensor, as they were served."""

    served_at = models.DateTimeField()
    key = models.CharField(max_length=40, blank=True, help_text=_("The API key that asked; empty: nobody named."))
    sensor = models.CharField(max_length=140)
    model_version = models.IntegerField()
    count = models.IntegerField(help_text=_("How many values were asked about."))
    anomalies = models.IntegerField(help_text=_("How many of them were anomalies."))
    verdicts = models.JSONField(help_text=_("Each question with its answer."))

    class Meta:
        ordering = ["-served_at"]
        indexes = [
            ExpiringIndex(fields=["served_at"], name="prediction_expires", after=KEPT),
            models.Index(fields=["sensor", "-served_at"], name="prediction_by_sensor"),
        ]

    def __str__(self) -> str:
        return f"{self.sensor} {self.served_at:%Y-%m-%d %H:%M:%S}"
