"""The admin's form of a station, and what it refuses."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ingestion.distance import distance_km
from ingestion.models import Reading, Station

FARTHEST_KM = 1.0  # that a correction of coordinates moves a station
MOVED = gettext_noop(
    "That is more than 1 km away, and what this station has sent is of its place. Add a station for the new place."
)


class StationForm(forms.ModelForm):  # type: ignore[type-arg]
    """What was learnt of one place says nothing of another: a station with readings stays where it is."""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.instance.pk and _is_far(self.instance, given) and has_readings(self.instance.slug):
            raise ValidationError(_(MOVED))
        return given


def _is_far(before: Station, given: dict[str, Any]) -> bool:
    ends = (before.latitude, before.longitude, given.get("latitude"), given.get("longitude"))
    return None not in ends and distance_km(*ends) > FARTHEST_KM  # type: ignore[arg-type]


def has_readings(slug: str) -> bool:
    return bool(Reading.objects.filter(station=slug).exists())
