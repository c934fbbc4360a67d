"""The outbox: one row per message, contact and channel."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aqi_project import clock


class Delivery(models.Model):
    """A message on its way to one contact by one channel, with the exact text that is sent."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")
        HELD = "held", _("Held for the digest")
        DIGESTED = "digested", _("Sent with the digest")
        CAPPED = "capped", _("Not sent: the month's SMS are used up")
        SUPERSEDED = "superseded", _("Not sent: newer news had overtaken it")

    reference = models.CharField(
        max_length=32, unique=True, help_text=_("The same on each attempt: Message-ID and idempotency key.")
    )
    message = models.CharField(max_length=64)
    contact = models.CharField(max_length=32)
    channel = models.CharField(max_length=20)
    alert = models.CharField(max_length=32, blank=True)
    kind = models.CharField(max_length=10)
    severity = models.IntegerField(default=1)
    recipient = models.CharField(max_length=150, blank=True, help_text=_("The contact's name then."))
    address = models.CharField(max_length=300)
    language = models.CharField(max_length=2, default="en")
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    parts = models.IntegerField(default=0, help_text=_("Number of SMS that the text takes."))
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(
        default=clock.now, help_text=_("While it is being sent: when it counts as given up by a dead worker.")
    )
    provider_id = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True, help_text=_("In the inbox."))

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["message", "contact", "channel"], name="one_delivery_per_contact_channel")
        ]
        indexes = [
            models.Index(fields=["state", "next_attempt_at"], name="delivery_due"),
            models.Index(fields=["contact", "channel", "-created_at"], name="delivery_inbox"),
            models.Index(fields=["contact", "read_at"], condition=models.Q(channel="inapp"), name="delivery_unread"),
            models.Index(fields=["alert"], name="delivery_of_alert"),
            models.Index(fields=["provider_id"], name="delivery_by_provider"),
            models.Index(fields=["-created_at"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.address}: {self.subject or self.text[:60]}"
