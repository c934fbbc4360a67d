"""A webhook: JSON, signed and timestamped, the same Idempotency-Key on each attempt."""

import hashlib
import hmac

from alerts.channels.base import Channel
from alerts.channels.http import post
from alerts.models import Contact, Delivery
from aqi_project import clock


class WebhookChannel(Channel):
    confirms = True

    def address(self, contact: Contact) -> str:
        return contact.webhook_url

    def send(self, delivery: Delivery) -> str:
        secret = Contact.objects.filter(uid=delivery.contact).values_list("webhook_secret", flat=True).first() or ""
        stamp = str(int(clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": delivery.reference,
            "X-Alert-Timestamp": stamp,
            "X-Alert-Signature": f"sha256={signature(secret, stamp, delivery.text)}",
        }
        post(delivery.address, content=delivery.text.encode(), headers=headers)
        return delivery.reference


def signature(secret: str, stamp: str, body: str) -> str:
    """HMAC-SHA-256 of `timestamp.body`; the receiver refuses old timestamps, so nothing can be played again."""
    return hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
