"""API keys in the admin: made, shown once, revoked; and what the whole admin has in common."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.validators import validate_slug
from django.db.models import Q
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_q.admin import resubmit_task

from aqi_project import clock
from aqi_project.admin import changelist, odd_ids, scheduled  # noqa: F401  (for what they do to every page; what they register)
from aqi_project.admin.date_and_time import DATETIME_OVERRIDES
from aqi_project.api.keys import SCOPES, ApiKey

admin.site.site_header = admin.site.site_title = _("Air quality")
resubmit_task.allowed_permissions = ("change",)  # django-q2 offers it to all who may see the list


def remember(fields: Mapping[str, forms.Field]) -> None:
    """Let a form bring back what it showed, so that what was changed on it is known, whatever is stored meanwhile."""
    for field in fields.values():
        field.show_hidden_initial = True


class KeepsOthers:
    """An admin's page that writes what was changed on it, and leaves what others wrote since it was opened.

    Otherwise whoever corrects a name would undo a colleague's new limit, a citizen's goodbye or the end of a key.
    """

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)  # type: ignore[misc]
        remember(form.base_fields)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.save(update_fields=form.changed_data if change else None)


class ReadOnly(admin.ModelAdmin):
    """For what the system writes: to look at, not to change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Evidence(ReadOnly):
    """What was said or decided, and by whom: looked at, never changed and never deleted by hand."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
class ApiKeyAdmin(KeepsOthers, admin.ModelAdmin):
    form = ApiKeyForm
    formfield_overrides = DATETIME_OVERRIDES
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
        now, count = clock.now(), 0
        good = Q(revoked_at=None) | Q(revoked_at__gt=now)
        for key in keys.filter(good):
            count += ApiKey.objects.filter(good, pk=key.pk).update(revoked_at=now)
            self.log_change(request, key, [{"changed": {"fields": ["Revoked at"]}}])
        self.message_user(request, _("%d keys were revoked.") % count)
