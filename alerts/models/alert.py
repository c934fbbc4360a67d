"""What people are told: an alert, and each message that it was worth."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.models.people import new_identifier
from alerts.state_machine import Say, Standing, State
from aqi_project import clock
from detection.models import Severity

UNWATCHED = "unwatched"  # a fact: the alert ended because nobody looks any more, and not because all is well
TERMS = "terms"  # a fact: what its rule looked for when that was last seen


def open_slot(rule: str, place: str) -> str:
    """What an alert occupies as long as it is open: one per rule and place, whatever the clock says."""
    return f"{rule}|{place}"


class Alert(models.Model):
    """One condition at one place, from the first sign to the end. Its level moves; the alert stays the same."""

    class States(models.TextChoices):
        PENDING = State.PENDING, _("Pending")
        FIRING = State.FIRING, _("Firing")
        RECOVERING = State.RECOVERING, _("Recovering")
        RESOLVED = State.RESOLVED, _("Resolved")
        NO_DATA = State.NO_DATA, _("No data")
        ERROR = State.ERROR, _("Error")

    identifier = models.CharField(max_length=32, unique=True, default=new_identifier, editable=False)
    slot = models.CharField(max_length=200, unique=True, help_text=_("Rule and place while it is open."))
    rule = models.SlugField(max_length=80, db_index=False)
    place = models.CharField(max_length=90)
    state = models.CharField(max_length=12, choices=States.choices)
    level = models.IntegerField(default=0)
    peak_level = models.IntegerField(default=0)
    severity = models.IntegerField(choices=Severity.choices, default=Severity.INFO)
    peak_severity = models.IntegerField(choices=Severity.choices, default=Severity.INFO)
    since = models.DateTimeField(help_text=_("When it came into this state, by the clock of the readings."))
    level_since = models.DateTimeField()
    said_at = models.DateTimeField(null=True, help_text=_("The reading that the last message was about."))
    opened_at = models.DateTimeField(default=clock.now)
    fired_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    revision = models.IntegerField(default=1, help_text=_("Raised by each change."))
    facts = models.JSONField(default=dict, help_text=_("What was seen: value, limit, explanation."))
    anomalies = models.JSONField(default=list, help_text=_("The anomalies behind it."))
    is_exercise = models.BooleanField(default=False)
    is_muted = models.BooleanField(default=False, help_text=_("Its last message went to nobody."))
    step = models.IntegerField(default=0, help_text=_("How far it was escalated."))
    escalate_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=150, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-opened_at"]
        indexes = [
            models.Index(fields=["state", "-opened_at"], name="alert_by_state"),
            models.Index(fields=["place", "state"], name="alert_by_place"),
            models.Index(fields=["escalate_at"], name="alert_to_escalate"),
            models.Index(fields=["fired_at"], name="alert_by_firing"),
            models.Index(fields=["-opened_at", "-id"], name="alert_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.place} {self.state}"

    @property
    def standing(self) -> Standing:
        return Standing(State(self.state), self.level, self.since, self.level_since, self.said_at)


class Message(models.Model):
    """One thing that was said, in both languages; number n of its alert, after number n - 1."""

    class Kind(models.TextChoices):
        ALERT = Say.ALERT, _("Alert")
        UPDATE = Say.UPDATE, _("Update")
        CANCEL = Say.CANCEL, _("Cancel")
        NOTICE = "notice", _("Notice to one contact")
        DIGEST = "digest", _("Digest")
        TEST = "test", _("Test")

    identifier = models.CharField(
        max_length=64, unique=True, default=new_identifier, editable=False, help_text=_("Of its alert, and the number.")
    )
    alert = models.CharField(max_length=32, blank=True, help_text=_("Empty: not about an alert."))
    number = models.IntegerField(default=1)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    rule = models.SlugField(max_length=80, blank=True, db_index=False)
    place = models.CharField(max_length=90, blank=True)
    state = models.CharField(max_length=12, blank=True)
    level = models.IntegerField(default=0)
    severity = models.IntegerField(choices=Severity.choices, default=Severity.INFO)
    reach = models.IntegerField(default=Severity.INFO, help_text=_("The worst so far: who was told then is told now."))
    subject_en = models.CharField(max_length=300)
    subject_ur = models.CharField(max_length=300, blank=True)
    text_en = models.TextField()
    text_ur = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    is_exercise = models.BooleanField(default=False)
    muted_by = models.CharField(max_length=300, blank=True, help_text=_("Why it went to nobody."))
    about = models.DateTimeField(default=clock.now, help_text=_("The time of the reading behind it."))
    created_at = models.DateTimeField(default=clock.now)
    queued_at = models.DateTimeField(null=True, help_text=_("When its deliveries were written; empty: still to do."))

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["alert", "number"], name="message_of_alert"),
            models.Index(fields=["queued_at", "created_at"], name="message_to_queue"),
            models.Index(fields=["-created_at"], name="message_newest"),
        ]

    def __str__(self) -> str:
        return self.subject_en

    def subject_in(self, language: str) -> str:
        return self.subject_ur if language == "ur" and self.subject_ur else self.subject_en

    def text_in(self, language: str) -> str:
        return self.text_ur if language == "ur" and self.text_ur else self.text_en
