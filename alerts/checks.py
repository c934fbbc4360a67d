"""What `manage.py check` says about the settings of alerts."""

import importlib.util
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from alerts.channels.sms import TWILIO, twilio_account

SIGNS = "It takes an RSA key without a password and the certificate of that key, both as PEM files."


@register
def settings_can_work(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [finding for is_wrong, finding in [*_sms(), *_cap()] if is_wrong]


def _sms() -> list[tuple[bool, CheckMessage]]:
    url = settings.SMS_URL
    incomplete = urlsplit(url).scheme == TWILIO and not all(twilio_account())
    return [
        (
            bool(url) and "{to}" not in url,
            _error(1, "SMS_URL has no {to}: no gateway would know whom to send to.", "See docs/alerts.md."),
        ),
        (
            incomplete,
            _error(2, "SMS_URL for Twilio is incomplete.", "twilio://ACCOUNT_SID:AUTH_TOKEN@+15550001111/{to}"),
        ),
    ]


def _cap() -> list[tuple[bool, CheckMessage]]:
    paths = [path for path in (settings.CAP_SIGNING_KEY, settings.CAP_SIGNING_CERTIFICATE) if path]
    missing = [path for path in paths if not Path(path).is_file()]
    unsigned = bool(settings.CAP_SIGNING_KEY) and importlib.util.find_spec("signxml") is None
    refusal = "" if missing or unsigned else _why_it_cannot_sign()
    return [
        (bool(missing), _error(3, f"There is no file {', '.join(missing)} to sign CAP with.", "Mend CAP_SIGNING_*.")),
        (unsigned, _error(4, "CAP_SIGNING_KEY needs the package signxml.", "pip install signxml")),
        (
            bool(refusal),
            _error(5, f"CAP cannot be signed with {settings.CAP_SIGNING_KEY}: {refusal}.", SIGNS),
        ),
    ]


def _why_it_cannot_sign() -> str:
    """Empty where the files are right or there are none. Otherwise each published alert would be an error page."""
    if not settings.CAP_SIGNING_KEY:
        return ""
    from alerts.cap import signature

    try:
        signature.sign(b"<alert/>")
        return "" if signature.is_of_this_key() else "the certificate is of another key"
    except Exception as error:  # noqa: BLE001 (of the file system, of the key's format, of the signature)
        return f"{type(error).__name__}: {error}".rstrip(".")


def _error(number: int, message: str, hint: str) -> Error:
    return Error(message, hint=hint, id=f"alerts.E{number:03}")
