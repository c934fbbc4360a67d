"""How much an anomaly matters."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.IntegerChoices):
    """How much an anomaly matters: how rare it is, times how harmful the air is."""

    INFO = 1, _("Information")
    MINOR = 2, _("Minor")
    MODERATE = 3, _("Moderate")
    SEVERE = 4, _("Severe")
    EXTREME = 5, _("Extreme")
