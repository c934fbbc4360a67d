"""Times in which nobody wants to be told."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aqi_project import clock
from detection.models import Severity


class Silence(models.Model):
    """Mutes what matches it, from one moment to another, for a reason that is kept."""

    rule = models.SlugField(max_length=80, blank=True, db_index=False, help_text=_("Empty: all rules."))
    place = models.CharField(max_length=90, blank=True, help_text=_("A station, or city:lahore; empty: all."))
    max_severity = models.IntegerField(
        choices=Severity.choices, default=Severity.SEVERE, help_text=_("What is worse comes through.")
    )
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    created_by = models.CharField(max_length=150, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-starts_at"]
        indexes = [models.Index(fields=["ends_at", "starts_at"], name="silence_by_time")]

    def __str__(self) -> str:
        return f"{self.rule or '*'} {self.place or '*'}: {self.reason}"

    def clean(self) -> None:
        if self.ends_at and self.starts_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("It has to end after it starts.")})

    def mutes(self, rule: str, places: set[str], severity: int, at: datetime) -> bool:
        """Whether it holds back a message of this severity; `places` are the station and its city."""
        return self.covers(rule, places, at) and severity <= self.max_severity

    def covers(self, rule: str, places: set[str], at: datetime) -> bool:
        """Whether it lies on this rule here and now, however severe a message is."""
        return self.starts_at <= at < self.ends_at and self.rule in ("", rule) and self.place in {"", *places}
