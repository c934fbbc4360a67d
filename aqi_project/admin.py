"""API keys in the admin: made, shown once, revoked; and what the whole admin has in common."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.validators import validate_slug
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_q.admin import resubmit_task

from aqi_project import clock
from aqi_project.api.keys import SCOPES, ApiKey

admin.site.site_header = admin.site.site_title = _("Air quality")
resubmit_task.allowed_permissions = ("change",)  # django-q2 offers it to all who may see the list


class DateAndTime(AdminSplitDateTime):
    """Django's two inputs of one field, each with a name that is read out."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        for widget, name in zip(self.widgets, (_("Date"), _("Time")), strict=True):
            widget.attrs["aria-label"] = name


MOMENTS = {models.DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": DateAndTime}}


class SlugsField(forms.CharField):
    """Slugs with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        slugs = super().to_python(value).replace(",", " ").split()
        for slug in slugs:
            validate_slug(slug)
        return slugs


class ApiKeyForm(forms.ModelForm):
    """What is known is chosen and not typed."""

    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=[(code, format_lazy("{}: {}", code, may)) for code, may in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    stations = SlugsField(
        label=_("Stations"), required=False, help_text=_("Slugs with commas between them; empty: all stations.")
    )


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    form = ApiKeyForm
    formfield_overrides = MOMENTS
    list_display = ("name", "prefix", "scopes", "stations", "requests_per_minute", "last_used_at", "revoked_at")
    readonly_fields = ("prefix", "created_at", "last_used_at")
    search_fields = ("name", "prefix")
    actions = ("revoke",)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if not change:
            text = obj.renew()
            self.message_user(request, _("The key, shown this once: %s") % text, messages.WARNING)
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Revoke the chosen keys"), permissions=["change"])
    def revoke(self, request: HttpRequest, keys: Any) -> None:
        now = clock.now()
        count = keys.filter(Q(revoked_at=None) | Q(revoked_at__gt=now)).update(revoked_at=now)
        self.message_user(request, _("%d keys were revoked.") % count)
