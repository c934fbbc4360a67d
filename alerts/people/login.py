"""Signing in, for officers and in the admin: so many tries in a quarter of an hour, and no more."""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alerts.people.ratelimit import allow
from aqi_project.api.callers import address_of

WINDOW = timedelta(minutes=15)
TRIES = 10  # of one name from one address: a stranger elsewhere cannot lock its owner out
MANY = 100  # of one name from anywhere, or of any name from one address


def may_try(request: HttpRequest, name: str) -> bool:
    """Count a try, right or wrong; whether the password may be looked at."""
    address = address_of(request)
    limits = {f"login|{address}|{name}": TRIES, f"login||{name}": MANY, f"login|{address}|": MANY}
    return all(allow(what, limit, WINDOW) for what, limit in limits.items())


class Limited(AuthenticationForm):
    """Django's form, which first asks whether one more try is allowed. Its words are ours: Django's lack Urdu."""

    error_messages: ClassVar[dict[str, Any]] = {
        "invalid_login": _("This user name and password do not open this page. Capital letters matter."),
        "inactive": _("This account is switched off. An administrator can change that."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["password"].label = pgettext_lazy("signing in", "Password")

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username", "")
        if not may_try(self.request, name.casefold()):
            text = _("There were too many tries. Wait a quarter of an hour, then try again.")
            raise ValidationError(text, code="too_many")
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class LimitedInAdmin(Limited, AdminAuthenticationForm):
    """The same in the admin."""
