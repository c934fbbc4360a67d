"""Signed links that go out with messages. The token is the authority: no account is needed."""

from django.conf import settings
from django.core.signing import BadSignature, Signer

UNSUBSCRIBE = "unsubscribe"
ACKNOWLEDGE = "acknowledge"
RECEIPT = "receipt"


def token(purpose: str, value: str) -> str:
    return Signer(salt=f"alerts.{purpose}", sep=".").sign(value)


def read(purpose: str, text: str) -> str | None:
    """What was signed for that purpose; None where the token is not ours."""
    try:
        return Signer(salt=f"alerts.{purpose}", sep=".").unsign(text)
    except BadSignature:
        return None


def unsubscribe(contact: str) -> str:
    return f"{settings.SITE_URL}/subscribe/stop/{token(UNSUBSCRIBE, contact)}"


def acknowledge(alert: str, contact: str) -> str:
    return f"{settings.SITE_URL}/alerts/{alert}/acknowledge/{token(ACKNOWLEDGE, f'{alert}:{contact}')}"


def receipt(reference: str) -> str:
    """Where a plain gateway reports what became of a delivery; it needs no secret of its own."""
    return f"{settings.SITE_URL}/alerts/receipts/sms/{token(RECEIPT, reference)}"
