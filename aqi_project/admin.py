"""API keys in the admin: made, shown once, revoked."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from aqi_project import clock
from aqi_project.api.keys import ApiKey

admin.site.site_header = admin.site.site_title = _("Air quality")


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    list_display = ("name", "prefix", "scopes", "stations", "requests_per_minute", "last_used_at", "revoked_at")
    readonly_fields = ("prefix", "created_at", "last_used_at")
    search_fields = ("name", "prefix")
    actions = ("revoke",)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if not change:
            text = obj.renew()
            self.message_user(request, _("The key, shown this once: %s") % text, messages.WARNING)
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Revoke the chosen keys"))
    def revoke(self, request: HttpRequest, keys: Any) -> None:
        now = clock.now()
        count = keys.filter(Q(revoked_at=None) | Q(revoked_at__gt=now)).update(revoked_at=now)
        self.message_user(request, _("%d keys were revoked.") % count)
