"""The audit trail: every verdict that was served, with what was asked, by whom, and which version answered."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from aqi_project.background import BackgroundWriter
from aqi_project.mongo import collection
from aqi_project.mongodb.indexes import ExpiringIndex

KEPT = timedelta(days=90)


class Prediction(models.Model):
    """One verdict as it was served."""

    served_at = models.DateTimeField()
    key = models.CharField(max_length=40, blank=True, help_text=_("The API key that asked; empty: nobody named."))
    sensor = models.CharField(max_length=140)
    timestamp = models.DateTimeField()
    value = models.FloatField()
    predicted_value = models.FloatField()
    lower = models.FloatField()
    upper = models.FloatField()
    anomaly_score = models.FloatField()
    is_anomaly = models.BooleanField()
    severity = models.CharField(max_length=20)
    model_version = models.IntegerField()

    class Meta:
        ordering = ["-served_at"]
        indexes = [
            ExpiringIndex(fields=["served_at"], name="prediction_expires", after=KEPT),
            models.Index(fields=["sensor", "-served_at"], name="prediction_by_sensor"),
        ]

    def __str__(self) -> str:
        return f"{self.sensor} {self.timestamp:%Y-%m-%d %H:%M} {self.value}"


trail = BackgroundWriter(lambda: collection(Prediction))
