"""The admin's form of a station, and what it refuses."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from ingestion.models import Reading, Station
from ingestion.stations.distance import distance_km

# The interval divides times, and three of them lie between live and silent: none at all, or ages, end in errors.
SHORTEST_INTERVAL, LONGEST_INTERVAL = timedelta(seconds=1), timedelta(days=31)
TIME_AS_WRITTEN = gettext_lazy("Hours, minutes and seconds, such as 01:30:00; 60 alone is 60 seconds.")
INTERVAL = format_lazy("{} {}", gettext_lazy("How often a reading comes."), TIME_AS_WRITTEN)
FARTHEST_KM = 1.0  # that a correction of coordinates moves a station
MOVED = gettext_noop(
    "That is more than 1 km away, and what this station has sent is of its place. Add a station for the new place."
)
NOTHING_TO_PLAY = gettext_noop(
    "A recording is not chosen here. The command manage.py replay STATION plays what a station has recorded, into a "
    "station of its own; a start with AQI_SOURCE=replay plays Lahore's. Choose where this station's readings come from."
)
NOTHING_MADE_UP = gettext_noop(
    "Nothing makes up readings for a station that is added here. The command manage.py synthesize NAME adds a machine "
    "with three weeks of them. Choose where this station's readings come from."
)


class VariableForm(forms.ModelForm):  # type: ignore[type-arg]
    """Between the limits lies something: else each value were doubted."""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        low, high = given.get("valid_min"), given.get("valid_max")
        if low is not None and high is not None and low >= high:
            raise ValidationError(
                {"valid_max": _("This has to be above the lower limit: else every value is flagged.")}
            )
        return given


class StationForm(forms.ModelForm):  # type: ignore[type-arg]
    """What was learnt of one place says nothing of another: a station with readings stays where it is."""

    class Meta:
        help_texts: ClassVar = {"expected_interval": INTERVAL}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if interval := self.fields.get("expected_interval"):
            interval.validators += [MinValueValidator(SHORTEST_INTERVAL), MaxValueValidator(LONGEST_INTERVAL)]

    def clean_provider(self) -> str:
        """A command or a start fixes from when, and how fast, a recording is played; without that it never begins."""
        given = str(self.cleaned_data["provider"])
        is_playing = self.instance.is_recording and self.instance.replay_started_at
        if given == Station.Provider.REPLAY and not is_playing:
            raise ValidationError(_(NOTHING_TO_PLAY))
        if given == Station.Provider.SYNTHETIC != self.instance.provider:
            raise ValidationError(_(NOTHING_MADE_UP))
        return given

    def clean_city(self) -> str:
        """As the city's other stations are spelt: who writes Berlin and berlin means one city."""
        given = str(self.cleaned_data["city"])
        others = (
            Station.objects.filter(city__iexact=given).exclude(pk=self.instance.pk) if given else Station.objects.none()
        )
        return others.values_list("city", flat=True).first() or given

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for field in self._taken(given):
            self.add_error(field, _("Another station of this city has this name, and lists would not tell them apart."))
        if self.instance.pk and _is_far(self.instance, given) and has_readings(self.instance.slug):
            raise ValidationError(_(MOVED))
        return given

    def _taken(self, given: dict[str, Any]) -> list[str]:
        """The names that another station of the city bears."""
        if not given.get("city"):
            return []
        others = Station.objects.filter(city=given["city"]).exclude(pk=self.instance.pk)
        named = {field: given[field] for field in ("name", "name_ur") if given.get(field)}
        return [field for field, name in named.items() if others.filter(**{field: name}).exists()]


def _is_far(before: Station, given: dict[str, Any]) -> bool:
    ends = (before.latitude, before.longitude, given.get("latitude"), given.get("longitude"))
    return None not in ends and distance_km(*ends) > FARTHEST_KM  # type: ignore[arg-type]


def has_readings(slug: str) -> bool:
    return bool(Reading.objects.filter(station=slug).exists())
