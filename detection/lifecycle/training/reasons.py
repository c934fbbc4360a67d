"""Why a series is trained."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    FIRST = "first", _("First training")
    SCHEDULE = "schedule", _("On schedule")
    DRIFT = "drift", _("The data drifted")
    DEGRADATION = "degradation", _("Its errors grew")
    NEW_DATA = "new_data", _("Enough new data")
    UPGRADE = "upgrade", _("The program changed")
    MANUAL = "manual", _("Asked for by a person")
