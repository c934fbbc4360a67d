"""What the admin calls an API key: see aqi_project/named_config.py."""

from django.utils.translation import pgettext_lazy

MODELS: dict[str, tuple[str, str]] = {}
FIELDS = {
    "name": pgettext_lazy("field", "name"),
    "prefix": pgettext_lazy("field", "prefix"),
    "digest": pgettext_lazy("field", "digest of the key"),
    "scopes": pgettext_lazy("field", "scopes"),
    "stations": pgettext_lazy("field", "stations"),
    "requests_per_minute": pgettext_lazy("field", "requests per minute"),
    "created_at": pgettext_lazy("field", "created at"),
    "last_used_at": pgettext_lazy("field", "last used at"),
    "revoked_at": pgettext_lazy("field", "revoked at"),
}
