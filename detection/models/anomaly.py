"""What was unusual."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from detection.models.severity import Severity
from ingestion.models import Variable


class Anomaly(models.Model):
    """An event: something that was not usual, from its start to its end."""

    class Kind(models.TextChoices):
        SPIKE = "spike", _("Spike")
        LEVEL_SHIFT = "level_shift", _("Level shift")
        SLOW_DRIFT = "slow_drift", _("Slow drift")
        OUT_OF_PATTERN = "out_of_pattern", _("Out of pattern")
        STUCK = "stuck", _("Sensor fault: stuck")
        DROPOUT = "dropout", _("Sensor fault: dropout")
        OUT_OF_RANGE = "out_of_range", _("Sensor fault: out of range")

    class Review(models.TextChoices):
        NONE = "none", _("Not reviewed")
        TRUE = "true", _("True event")
        FALSE_ALARM = "false_alarm", _("False alarm")
        SENSOR_FAULT = "sensor_fault", _("Sensor fault")

    CONFIRMED = (Review.TRUE, Review.SENSOR_FAULT)
    SENSOR_FAULTS = (Kind.STUCK, Kind.DROPOUT, Kind.OUT_OF_RANGE)

    series = models.CharField(max_length=140)
    station = models.SlugField(max_length=80, db_index=False)
    variable = models.SlugField(max_length=50, db_index=False)
    start = models.DateTimeField()
    end = models.DateTimeField(null=True, blank=True, help_text=_("Empty while it lasts."))
    last_at = models.DateTimeField(help_text=_("The newest reading that belongs to it."))
    peak_at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    is_fault = models.BooleanField(default=False, help_text=_("A fault of the sensor, not of the air."))
    severity = models.IntegerField(choices=Severity.choices)
    value = models.FloatField(help_text=_("The value at the peak."))
    expected = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    score = models.FloatField(help_text=_("0 to 1; the threshold of the series decides."))
    days_between = models.FloatField(null=True, help_text=_("Something as rare is expected once in so many days."))
    record_days = models.FloatField(null=True, help_text=_("Days that it was compared with; rarer is not known."))
    voters = models.JSONField(default=list, help_text=_("Detectors that found it, with their scores."))
    model_version = models.IntegerField()
    explanation = models.TextField()
    explanation_ur = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    revision = models.IntegerField(default=1, help_text=_("Raised by each change, so that alerts see it."))
    processed_revision = models.IntegerField(default=0, help_text=_("The revision that alerts have seen."))
    review = models.CharField(max_length=20, choices=Review.choices, default=Review.NONE)
    review_note = models.TextField(blank=True)
    reviewed_by = models.CharField(max_length=150, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-start"]
        verbose_name_plural = _("anomalies")
        constraints = [models.UniqueConstraint(fields=["series", "start"], name="one_anomaly_per_series_and_start")]
        indexes = [
            models.Index(fields=["station", "-start"], name="anomaly_by_station"),
            models.Index(fields=["station", "last_at"], name="anomaly_news"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.get_kind_display()} {self.start:%Y-%m-%d %H:%M}"

    @cached_property
    def is_of_pollutant(self) -> bool:
        """Whether less is better and the index speaks of it; a machine that slows down is no relief."""
        return not Variable.objects.filter(code=self.variable, is_pollutant=False).exists()

    @property
    def is_by_rule(self) -> bool:
        """Whether the quality rules have found it, which know no rarity."""
        return self.days_between is None
