"""API keys: shown once, kept as a hash, with scopes, perhaps for some stations only, revocable."""

from __future__ import annotations

import hashlib
import secrets
import time
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from aqi_project import clock

BRAND = "aqi"  # a key begins so, which lets people and scanners recognise one that leaked
FRESH = timedelta(seconds=1)  # a revoked key is refused everywhere after this
USE_NOTED = timedelta(minutes=1)
USUAL_LIMIT = 6_000  # requests a minute
INGEST, PREDICT, READ_PRIVATE, MANAGE = "ingest", "predict", "read-private", "manage"
SCOPES = {
    INGEST: _("send readings"),
    PREDICT: _("ask for verdicts"),
    READ_PRIVATE: _("read stations that are not public"),
    MANAGE: _("promote and roll back models, acknowledge alerts, review anomalies"),
}


def validate_scopes(scopes: Any) -> None:
    if not scopes or not _are_texts(scopes) or not set(scopes) <= set(SCOPES):
        raise ValidationError(_("Scopes are a list of: %s.") % ", ".join(SCOPES))


def _are_texts(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(one, str) for one in found)


class ApiKey(models.Model):
    """A program that may call the API."""

    name = models.CharField(max_length=80, help_text=_("Who uses it, and for what."))
    prefix = models.CharField(max_length=16, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(default=list, validators=[validate_scopes])
    stations = models.JSONField(default=list, blank=True, help_text=_("Slugs; empty: all stations."))
    requests_per_minute = models.IntegerField(default=USUAL_LIMIT, validators=[MinValueValidator(1)])
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, help_text=_("From then on it is refused."))

    class Meta:
        ordering = ["name"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    def clean(self) -> None:
        """A single text in the place of the list would be searched for its parts, and open other stations."""
        if not _are_texts(self.stations):
            raise ValidationError({"stations": _('Stations are a list of slugs, such as ["lahore"].')})

    def is_revoked(self) -> bool:
        return self.revoked_at is not None and self.revoked_at <= clock.now()

    def renew(self) -> str:
        """Give this row a new secret and return the key, which nobody can see again. Save afterwards."""
        self.prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        self.digest = digest_of(secret)
        return f"{BRAND}_{self.prefix}_{secret}"

    def allows(self, scope: str, station: str | None = None) -> bool:
        """Whether it has the scope, and for that station."""
        return scope in self.scopes and (station is None or not self.stations or station in list(self.stations))


def digest_of(secret: str) -> str:
    """SHA-256: a secret of 256 random bits needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


_known: dict[str, tuple[float, ApiKey]] = {}


def find(text: str) -> ApiKey | None:
    """The key that `text` is, unless it was revoked; at most FRESH old."""
    brand, prefix, secret = _parts(text)
    key = _fresh(prefix) if brand == BRAND else None
    if key is None or key.is_revoked() or not constant_time_compare(key.digest, digest_of(secret)):
        return None
    _note_use(key)
    return key


def is_in_use(text: str) -> bool:
    """Whether this process has met a key of that name; the database is not asked."""
    return _parts(text)[1] in _known


def _parts(text: str) -> tuple[str, str, str]:
    brand, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    return brand, prefix, secret


def _fresh(prefix: str) -> ApiKey | None:
    read_at, key = _known.get(prefix, (float("-inf"), None))
    if time.monotonic() - read_at > FRESH.total_seconds():
        key = ApiKey.objects.filter(prefix=prefix).first()
        if key is None:
            _known.pop(prefix, None)
            return None
        _known[prefix] = (time.monotonic(), key)
    return key


def _note_use(key: ApiKey) -> None:
    now = clock.now()
    if key.last_used_at is None or now - key.last_used_at > USE_NOTED:
        key.last_used_at = now
        ApiKey.objects.filter(prefix=key.prefix).update(last_used_at=now)
