"""Stations, what they measure, and what they sent."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from aqi_project import clock
from aqi_project.queue import claims
from ingestion.known_cities import names_of

# What the site's own addresses begin with: pages below them would never be reached.
TAKEN_ADDRESSES = frozenset((
    "admin", "alerts", "api", "embed", "health", "inbox", "kiosk", "metrics", "model", "predict", "reviews", "static",
    "status", "subscribe",
))  # fmt: skip


def validate_address(begins: str) -> None:
    """Whether the pages of a station may begin with this: its city's name, or its own."""
    if begins.lower() in TAKEN_ADDRESSES:
        raise ValidationError(
            _("Pages of the site begin with /%(word)s/ already. Choose another word."), params={"word": begins}
        )


def validate_timezone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("%(name)s is no time zone. Use a name such as Asia/Karachi."), params={"name": name})


class Named:
    """What has an English name, and an Urdu one where somebody gave it one."""

    name: str
    name_ur: str

    def name_in(self, language: str) -> str:
        return self.name_ur if language == "ur" and self.name_ur else self.name


class Variable(Named, models.Model):
    """What is measured, in one canonical unit."""

    code = models.SlugField(unique=True, help_text=_("Short name in readings and in the API, such as pm2_5."))
    name = models.CharField(max_length=80)
    name_ur = models.CharField(_("name in Urdu"), max_length=80, blank=True)
    unit = models.CharField(max_length=20, help_text=_("Every stored value is in this unit."))
    valid_min = models.FloatField(null=True, blank=True, help_text=_("A lower value is flagged as out of range."))
    valid_max = models.FloatField(null=True, blank=True, help_text=_("A higher value is flagged as out of range."))
    is_pollutant = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name} ({self.unit})"


class City(Named, models.Model):
    """What people call a city. A station that names a new one makes it; administrators call it as they like."""

    slug = models.SlugField(unique=True, max_length=80, help_text=_("As stations name it."))
    name = models.CharField(max_length=120)
    name_ur = models.CharField(_("name in Urdu"), max_length=120, blank=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def ensure(cls, slug: str) -> None:
        """Make it where it is missing; what an admin changed stays."""
        cls.objects.get_or_create(slug=slug, defaults=names_of(slug))

    @classmethod
    def called(cls, slugs: Iterable[str]) -> "dict[str, City]":
        """The cities by slug, with one look for all; also those that nobody has stored."""
        wanted = set(slugs)
        stored = {city.slug: city for city in cls.objects.filter(slug__in=sorted(wanted))}
        return {slug: stored.get(slug) or cls(slug=slug, **names_of(slug)) for slug in wanted}


class Station(Named, models.Model):
    """A place or a machine that is watched."""

    class Provider(models.TextChoices):
        OPENWEATHER = "openweather", "OpenWeather"
        OPEN_METEO = "open_meteo", "Open-Meteo"
        OPENAQ = "openaq", "OpenAQ"
        REPLAY = "replay", _("Replay of recorded readings")
        PUSH = "push", _("Pushed through the API")
        FILE = "file", _("Imported from a file")
        SYNTHETIC = "synthetic", _("Synthetic, made up for tests")

    slug = models.SlugField(unique=True, max_length=80)
    name = models.CharField(max_length=120)
    name_ur = models.CharField(_("name in Urdu"), max_length=120, blank=True)
    city = models.SlugField(
        max_length=80, blank=True, help_text=_("Stations of one city are compared with each other.")
    )
    latitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)])
    timezone = models.CharField(max_length=60, default="Asia/Karachi", validators=[validate_timezone])
    provider = models.CharField(max_length=20, choices=Provider.choices, default=Provider.PUSH)
    provider_ref = models.CharField(max_length=120, blank=True, help_text=_("The provider's own name for this place."))
    expected_interval = models.DurationField(default=timedelta(hours=1))
    is_public = models.BooleanField(default=True)
    is_active = models.BooleanField(
        default=True, help_text=_("An inactive station takes in no readings, and nothing watches it. Its pages stay.")
    )
    is_headline = models.BooleanField(
        default=False, help_text=_("Its number is the city's, as long as it is not silent.")
    )
    source_since = models.DateTimeField(default=clock.now, editable=False)
    poll_claimed_until = models.DateTimeField(null=True, editable=False)
    last_poll_at = models.DateTimeField(null=True, editable=False)
    last_poll_error = models.TextField(blank=True, editable=False)
    last_poll_failure = models.CharField(max_length=20, blank=True, editable=False)  # a Kind of providers/errors.py
    batches = models.IntegerField(
        default=0, editable=False, help_text=_("Stored so far; a change tells two writers of each other.")
    )
    habits = models.JSONField(
        default=dict, editable=False, help_text=_("How long each variable usually repeats one value.")
    )
    replay_started_at = models.DateTimeField(null=True, editable=False)
    replay_from = models.DateTimeField(null=True, editable=False)
    replay_shift = models.DurationField(null=True, editable=False)
    replay_speed = models.FloatField(default=3600, editable=False, help_text=_("1: as fast as it was recorded."))
    gaps_checked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        written = kwargs.get("update_fields")
        if self.city and (written is None or "city" in written):
            City.ensure(self.city)

    def clean(self) -> None:
        validate_address(self.address["city"])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def address(self) -> dict[str, str]:
        """What the addresses of its pages name: its city, or itself where it has none, and itself."""
        return {"city": self.city or self.slug, "station": self.slug}

    @property
    def is_recording(self) -> bool:
        """Whether the station plays recorded hours, so that no page shows them as today's air."""
        return self.provider == self.Provider.REPLAY

    def claim(self, now: datetime, span: timedelta) -> bool:
        """Whether this call, and no other process, may poll or play it until now + span."""
        free = claims.free("poll_claimed_until", now, span)
        return bool(Station.objects.filter(free, slug=self.slug).update(poll_claimed_until=now + span))


class Reading(models.Model):
    """What one station sent for one moment. A correction raises `revision` and keeps the earlier values."""

    station = models.SlugField(max_length=80, db_index=False)
    at = models.DateTimeField()
    values = models.JSONField(default=dict, help_text=_("Value of each variable, in the variable's unit."))
    flags = models.JSONField(default=dict, help_text=_("Reason for doubting a variable's value."))
    aqi = models.IntegerField(null=True)
    dominant = models.CharField(max_length=50, blank=True)
    provider = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    remarks = models.JSONField(default=list, help_text=_("What is worth knowing of its arrival; no doubt."))
    revision = models.IntegerField(default=1)
    history = models.JSONField(default=list, help_text=_("Earlier values, oldest first."))
    scored_revision = models.IntegerField(default=0)
    scores = models.JSONField(default=dict, help_text=_("Expected value, range and score of each variable."))

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["station", "at"], name="one_reading_per_station_and_time")]
        indexes = [
            models.Index(fields=["received_at"], name="reading_received"),
            # Both hold what may still be to score alone (detection/live/pending.py).
            models.Index(
                fields=["station", "scored_revision", "at"],
                condition=models.Q(scored_revision__lte=0),
                name="reading_never_scored",
            ),
            models.Index(
                fields=["station", "revision", "at"], condition=models.Q(revision__gt=1), name="reading_corrected"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station} {self.at:%Y-%m-%d %H:%M}"


class RejectedItem(models.Model):
    """An item of a provider's answer, or of a file, that could not become a reading, with the reason."""

    station = models.SlugField(max_length=80, db_index=False)
    provider = models.CharField(max_length=20)
    received_at = models.DateTimeField(default=clock.now)
    reason = models.TextField()
    item = models.TextField(help_text=_("The item as it came, shortened."))
    fingerprint = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-received_at"]
        indexes = [models.Index(fields=["station", "-received_at"], name="rejected_by_station")]

    def __str__(self) -> str:
        return f"{self.station}: {self.reason}"


class RequestCount(models.Model):
    """How often a provider was asked lately by all processes together. Only asking/shared_limiter.py writes here."""

    provider = models.SlugField(unique=True)
    recent = models.JSONField(default=dict, help_text=_("For each limit, the requests in each slot of its span."))
    asked_at = models.DateTimeField(help_text=_("By the database's clock, when a turn was asked for last, and …"))
    granted = models.BooleanField(default=False, help_text=_("… whether it was given."))
    paused_until = models.DateTimeField(null=True, help_text=_("The provider has asked for a pause."))

    def __str__(self) -> str:
        return self.provider
