"""When people are told, and what."""

from datetime import timedelta
from hashlib import sha256

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.state_machine import Policy
from detection.models import Anomaly, Severity
from ingestion.models import Named, Station

TERMS_LENGTH = 8
CITY_PREFIX = "city:"  # of a place that is a whole city


def city_place(city: str) -> str:
    return f"{CITY_PREFIX}{city}"


class Rule(Named, models.Model):
    """A condition at stations or in a whole city, and how to speak when it holds."""

    class Condition(models.TextChoices):
        ANOMALY = "anomaly", _("An anomaly")
        LIMIT = "limit", _("AQI or concentration over a limit")
        FORECAST = "forecast", _("Forecast over a limit")
        DISAGREEMENT = "disagreement", _("Sources disagree")
        NO_DATA = "no_data", _("No data")

    class Scope(models.TextChoices):
        STATION = "station", _("Each station by itself")
        CITY = "city", _("The whole city: at half of its stations at least")

    slug = models.SlugField(unique=True, max_length=80)
    name = models.CharField(max_length=120)
    name_ur = models.CharField(_("name in Urdu"), max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_exercise = models.BooleanField(default=False, help_text=_("Everything it sends is marked as an exercise."))

    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.STATION)
    stations = models.JSONField(default=list, blank=True, help_text=_("Slugs of stations; empty: all public ones."))
    city = models.SlugField(max_length=80, blank=True, db_index=False, help_text=_("Only stations of this city."))

    condition = models.CharField(max_length=20, choices=Condition.choices)
    min_severity = models.IntegerField(choices=Severity.choices, default=Severity.MODERATE)
    kinds = models.JSONField(
        default=list, blank=True, help_text=_("Kinds of anomalies; empty: all that are no faults of a sensor.")
    )
    variable = models.SlugField(max_length=50, blank=True, db_index=False, help_text=_("Empty: the AQI."))
    standard = models.CharField(max_length=30, default="us_epa", help_text=_("The standard of the AQI."))
    limits = models.JSONField(
        default=list, blank=True, help_text=_("Rising limits such as [151, 201, 301]; each is a level.")
    )
    short_mean = models.DurationField(default=timedelta(hours=1), help_text=_("The mean that makes it worse."))
    long_mean = models.DurationField(default=timedelta(hours=3), help_text=_("The mean that makes it better."))
    probability = models.FloatField(default=0.5, validators=[MinValueValidator(0.01), MaxValueValidator(0.99)])
    horizon = models.DurationField(default=timedelta(hours=24), help_text=_("How far ahead a forecast counts."))
    factor = models.FloatField(
        default=2.0,
        validators=[MinValueValidator(1.1), MaxValueValidator(100)],
        help_text=_("Sources disagree when one is so many times the median of the others, or less by as much."),
    )

    pending_for = models.DurationField(default=timedelta(0), help_text=_("It has to hold so long before it fires."))
    recover_for = models.DurationField(default=timedelta(hours=1), help_text=_("All has to be well so long."))
    cooldown = models.DurationField(default=timedelta(hours=1), help_text=_("Between changes of level."))
    repeat_every = models.DurationField(null=True, blank=True, help_text=_("Remind so often; empty: never."))

    severity = models.IntegerField(
        choices=Severity.choices, default=Severity.MODERATE, help_text=_("Of the first level; each further adds one.")
    )
    channels = models.JSONField(default=list, blank=True, help_text=_("Empty: all that a contact has."))
    subject_en = models.CharField(_("subject in English"), max_length=200, blank=True)
    subject_ur = models.CharField(_("subject in Urdu"), max_length=200, blank=True)
    template_en = models.TextField(_("text in English"), blank=True)
    template_ur = models.TextField(_("text in Urdu"), blank=True)
    acknowledge_within = models.DurationField(
        null=True, blank=True, help_text=_("Then the next contacts are told as well; empty: nobody has to.")
    )

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def active(cls) -> models.QuerySet["Rule"]:
        """Those of cities first: what they tell mutes the stations."""
        return cls.objects.filter(is_active=True).order_by("scope", "slug")

    @property
    def policy(self) -> Policy:
        return Policy(self.pending_for, self.recover_for, self.cooldown, self.repeat_every)

    @property
    def terms(self) -> str:
        """What it looks for, as a short text that differs wherever that does."""
        return sha256("|".join(str(getattr(self, name)) for name in LOOKED_FOR).encode()).hexdigest()[:TERMS_LENGTH]

    def needs(self, field: str) -> bool:
        """Whether its condition reads that field."""
        return field in NEEDS.get(self.condition, ())

    def wanted_kinds(self) -> list[str]:
        """The kinds of anomalies that count."""
        return self.kinds or [kind for kind in Anomaly.Kind if kind not in Anomaly.SENSOR_FAULTS]

    @property
    def is_about_air(self) -> bool:
        """What citizens asked for. Silent stations, sources that differ and broken sensors are the officers' matter."""
        if self.condition == self.Condition.ANOMALY:
            return not set(self.wanted_kinds()) <= set(Anomaly.SENSOR_FAULTS)
        return self.condition in (self.Condition.LIMIT, self.Condition.FORECAST)

    @property
    def matter(self) -> str:
        """What an alert of the whole city has to be about as well to mute this rule's."""
        return "air" if self.is_about_air else self.condition

    def watched(self) -> models.QuerySet[Station]:
        """The stations that it is about."""
        chosen = Station.objects.filter(is_active=True)
        if self.city:
            chosen = chosen.filter(city=self.city)
        return chosen.filter(slug__in=self.stations) if self.stations else chosen.filter(is_public=True)

    def severity_of(self, level: int) -> int:
        """The severity of a level: an anomaly's level is its severity; else each level adds one."""
        if self.condition == self.Condition.ANOMALY:
            return max(level, Severity.INFO)
        return min(self.severity + max(level, 1) - 1, Severity.EXTREME)


NEEDS: dict[str, tuple[str, ...]] = {  # the fields that each condition reads; the form shows these alone
    Rule.Condition.ANOMALY: ("min_severity", "kinds", "variable"),
    Rule.Condition.LIMIT: ("variable", "standard", "limits", "short_mean", "long_mean", "severity"),
    Rule.Condition.FORECAST: ("variable", "limits", "probability", "horizon", "severity"),
    Rule.Condition.DISAGREEMENT: ("variable", "standard", "short_mean", "long_mean", "factor", "severity"),
    Rule.Condition.NO_DATA: ("severity",),
}
# All but how it is told. Open alerts keep a digest of the values in this order: in another one each rule looks changed.
LOOKED_FOR = ("condition", *dict.fromkeys(one for needs in NEEDS.values() for one in needs if one != "severity"))
