"""Which version serves, and who let it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from detection.models.immutable import Immutable


class Promotion(Immutable):
    """A version began to serve: who let it, when, why, and what served before."""

    class Action(models.TextChoices):
        PROMOTE = "promote", _("Promoted")
        ROLLBACK = "rollback", _("Rolled back")

    series = models.CharField(max_length=140)
    change = models.IntegerField(help_text=_("Counts the changes of the series."))
    action = models.CharField(max_length=10, choices=Action.choices)
    at = models.DateTimeField(default=timezone.now)
    who = models.CharField(max_length=150, help_text=_("A person's name; “system” for the gate."))
    why = models.TextField()
    from_number = models.IntegerField(null=True, help_text=_("Empty where nothing had served."))
    to_number = models.IntegerField()

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["series", "change"], name="one_promotion_per_change")]
        indexes = [models.Index(fields=["series", "-at"], name="promotion_by_series")]

    def __str__(self) -> str:
        return f"{self.series}: {self.from_number or '–'} → {self.to_number}"
