"""What is modelled (Series), by what (ModelVersion), and what was unusual (Anomaly)."""

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from aqi_project.clock import HOUR
from detection.audit import Prediction  # noqa: F401  (a model of this application)
from detection.calibration.rate import DAYS_A_MONTH
from detection.immutable import Immutable
from detection.lifecycle.history import DriftReport, Promotion, TrainingRun  # noqa: F401  (models of this application)
from detection.lifecycle.training.reasons import Reason
from detection.lifecycle.watch.scoreboard import MonthlyRecord, Outcome, ProviderForecast, ShadowForecast  # noqa: F401  (also models)
from ingestion.models import Variable


class Severity(models.IntegerChoices):
    """How much an anomaly matters: how rare it is, times how harmful the air is."""

    INFO = 1, _("Information")
    MINOR = 2, _("Minor")
    MODERATE = 3, _("Moderate")
    SEVERE = 4, _("Severe")
    EXTREME = 5, _("Extreme")


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


class ModelVersion(Immutable):
    """One trained model of a series. It never changes after it was written."""

    Reason = Reason

    series = models.CharField(max_length=140)
    number = models.IntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    parent = models.IntegerField(null=True, help_text=_("The champion of that moment."))
    parameters = models.JSONField(default=dict)
    trained_from = models.DateTimeField()
    trained_to = models.DateTimeField()
    rows = models.IntegerField()
    data_hash = models.CharField(max_length=64)
    metrics = models.JSONField(default=dict)
    held_out = models.JSONField(null=True, help_text=_("Errors on the weeks that judged it, origin by origin."))
    libraries = models.JSONField(default=dict)
    seconds = models.FloatField(help_text=_("How long the training took."))
    band = models.JSONField(help_text=_("Expected value and range on a time grid, and how far readings lay outside."))
    calibration = models.JSONField(default=dict, help_text=_("The highest scores of the past, for each detector."))

    class Meta:
        ordering = ["series", "-number"]
        constraints = [models.UniqueConstraint(fields=["series", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"{self.series} version {self.number}"


class Artifact(models.Model):
    """The fitted detectors of one version, signed. Apart from the version, because pages never need it."""

    series = models.CharField(max_length=140)
    number = models.IntegerField()
    name = models.CharField(max_length=60)
    payload = models.BinaryField(help_text=_("Empty where it is too large for a document and lies in GridFS."))
    file = models.CharField(max_length=24, blank=True, help_text=_("Its id in GridFS."))
    signature = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "number", "name"], name="one_artifact_per_name")]

    def __str__(self) -> str:
        return f"{self.series} {self.number} {self.name}"


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
