"""What was learnt of a series: the version, and the artifacts that are opened to judge by it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from detection.models.immutable import Immutable
from detection.models.training import Reason


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
