"""Who is told, where and when."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from aqi_project import clock
from detection.models import Severity
from ingestion.models import validate_timezone

LANGUAGES = [("en", "English"), ("ur", "اردو")]  # of messages; pages may speak more
E164 = RegexValidator(r"^\+[1-9]\d{6,14}$", _("Write the number with its country, such as +923001234567."))


def new_identifier() -> str:
    return uuid.uuid4().hex


class Contact(models.Model):
    """A citizen, an officer or an agency's machine, with the addresses under which it wants to be told."""

    class Kind(models.TextChoices):
        CITIZEN = "citizen", _("Citizen")
        AGENCY = "agency", _("Agency")

    class Digest(models.TextChoices):
        NONE = "none", _("Each message at once")
        DAILY = "daily", _("One summary a day")
        WEEKLY = "weekly", _("One summary a week")

    uid = models.CharField(max_length=32, unique=True, default=new_identifier, editable=False)
    handle = models.CharField(
        max_length=300,
        unique=True,
        default=new_identifier,
        editable=False,
        help_text=_("Nobody is here twice."),
    )
    name = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.AGENCY)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    timezone = models.CharField(max_length=60, default="Asia/Karachi", validators=[validate_timezone])

    email = models.EmailField(blank=True)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    phone = models.CharField(max_length=16, blank=True, validators=[E164])
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, help_text=_("For the inbox.")
    )
    webhook_url = models.URLField(blank=True)
    webhook_secret = models.CharField(max_length=120, blank=True, help_text=_("Signs what is sent to the webhook."))
    apprise_url = models.CharField(max_length=300, blank=True, help_text=_("Any service that Apprise knows."))

    quiet_from = models.TimeField(null=True, blank=True, help_text=_("Wall time of the contact's zone."))
    quiet_to = models.TimeField(null=True, blank=True, help_text=_("An extreme alert comes through all the same."))
    digest = models.CharField(max_length=10, choices=Digest.choices, default=Digest.NONE)
    digest_hour = models.IntegerField(default=8, validators=[MinValueValidator(0), MaxValueValidator(23)])
    sms_cap = models.IntegerField(
        default=100, validators=[MinValueValidator(0)], help_text=_("Parts of SMS in a month at most.")
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["name", "handle"]

    def __str__(self) -> str:
        return self.name or self.email or self.phone or self.uid

    def clean(self) -> None:
        if (self.quiet_from is None) != (self.quiet_to is None):
            missing = "quiet_from" if self.quiet_from is None else "quiet_to"
            raise ValidationError({missing: _("Quiet hours need both times, or neither.")})


class Subscription(models.Model):
    """What a contact wants to hear of."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="subscriptions", db_index=False)
    place = models.CharField(max_length=90, blank=True, help_text=_("A station, or city:lahore; empty: all."))
    rule = models.SlugField(max_length=80, blank=True, db_index=False, help_text=_("Empty: all rules."))
    min_severity = models.IntegerField(choices=Severity.choices, default=Severity.MODERATE)
    channels = models.JSONField(default=list, blank=True, help_text=_("Empty: all that the contact has."))
    step = models.IntegerField(
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(9)],
        help_text=_("0 is told at once; 1 when nobody of step 0 acknowledged in time; and so on."),
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "place", "rule"], name="one_subscription_per_place_and_rule")
        ]
        indexes = [models.Index(fields=["place", "rule", "is_active"], name="subscription_for_alert")]

    def __str__(self) -> str:
        return f"{self.place or '*'} {self.rule or '*'}"
