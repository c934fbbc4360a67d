"""What is modelled, and how strictly it is watched."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from detection.calibration.rate import DAYS_A_MONTH
from detection.models.severity import Severity


class Series(models.Model):
    """One variable of one station: the thing that is modelled and tuned."""

    key = models.CharField(max_length=140, unique=True, help_text=_("station/variable, such as lahore/pm2_5"))
    station = models.SlugField(max_length=80)
    variable = models.SlugField(max_length=50, db_index=False)
    is_active = models.BooleanField(default=True)
    detectors = models.JSONField(default=list, blank=True, help_text=_("Names of detectors; empty: the usual set."))
    false_alarms_per_month = models.FloatField(
        default=1.0,
        validators=[MinValueValidator(0.05), MaxValueValidator(60)],
        help_text=_("How many false alarms in a month you accept. Fewer means that smaller events are missed."),
    )
    strictness = models.FloatField(
        default=0.0,
        editable=False,
        help_text=_("Powers of ten by which an alarm must be rarer, so that as many come as were asked for."),
    )
    severity_floor = models.IntegerField(
        choices=Severity.choices, default=Severity.INFO, help_text=_("Anomalies below it are not recorded.")
    )
    hard_min = models.FloatField(null=True, blank=True, help_text=_("A value below is always an anomaly."))
    hard_max = models.FloatField(null=True, blank=True, help_text=_("A value above is always an anomaly."))
    champion = models.IntegerField(null=True, blank=True, editable=False, help_text=_("The version that serves."))
    challenger = models.IntegerField(null=True, blank=True, editable=False)
    changes = models.IntegerField(default=0, editable=False, help_text=_("How often another version began to serve."))
    last_change = models.JSONField(null=True, blank=True, editable=False)
    last_number = models.IntegerField(default=0, editable=False)
    retrain_days = models.FloatField(
        default=7.0,
        validators=[MinValueValidator(0.25), MaxValueValidator(365)],
        help_text=_("Days of new readings after which it is trained again."),
    )
    shadow_days = models.FloatField(
        default=0.0,
        validators=[MinValueValidator(0), MaxValueValidator(90)],
        help_text=_("Days for which a better challenger only watches beside the champion before it serves."),
    )
    window_starts_at = models.DateTimeField(
        null=True, blank=True, help_text=_("The source has changed then: from what is older only the forecast learns.")
    )
    mlflow_champion = models.IntegerField(null=True, editable=False, help_text=_("The champion that MLflow knows."))
    training_claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    training_error = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["key"]
        verbose_name_plural = _("series")

    def __str__(self) -> str:
        return self.key

    @property
    def alarm_days(self) -> float:
        """What is expected once in so many days is an alarm."""
        return float(DAYS_A_MONTH / self.false_alarms_per_month * 10**self.strictness)
