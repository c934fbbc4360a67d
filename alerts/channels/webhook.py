"""A webhook: JSON, signed and timestamped, the same Idempotency-Key on each attempt."""

import hashlib
import hmac
import json
from typing import Any

from alerts.channels.base import Channel
from alerts.channels.http import post
from alerts.models import Contact, Delivery, Message
from aqi_project import clock


class WebhookChannel(Channel):
    confirms = is_silent = True

    def address(self, contact: Contact) -> str:
        return contact.webhook_url

    def words(self, message: Message, contact: Contact) -> dict[str, Any]:
        body = {
            "id": message.identifier,
            "alert": message.alert,
            "number": message.number,
            "kind": message.kind,
            "state": message.state,
            "rule": message.rule,
            "place": message.place,
            "severity": message.severity,
            "exercise": message.is_exercise,
            "about": message.about.isoformat(),
            "subject": {"en": message.subject_en, "ur": message.subject_ur},
            "text": {"en": message.text_en, "ur": message.text_ur},
            "facts": message.facts,
        }
        return {"subject": message.subject_en, "text": json.dumps(body, ensure_ascii=False)}

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
