"""Alerts in the admin: rules and people are edited, alerts and deliveries are read."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from alerts.channels import CHANNEL_LABELS
from alerts.models import Alert, Contact, Delivery, Message, Rule, Silence, Subscription
from alerts.names import FIELDS
from alerts.people.forms import ContactForm, MutingForm, SubscriptionForm, unheard, unproved
from alerts.rehearsal import admin as rehearsal
from alerts.rules.checks import TEMPLATES
from alerts.rules.form import RuleForm
from alerts.sending import texts, trial
from aqi_project import clock
from aqi_project.admin import Evidence, KeepsOthers
from aqi_project.admin.changelist import Equals
from aqi_project.admin.date_and_time import DATETIME_OVERRIDES
from detection.models import Series
from ingestion.forms import TIME_AS_WRITTEN

FOR_CONDITIONS = ["variable", "standard", "limits", "short_mean", "long_mean"]  # NEEDS says which needs what
FOR_CONDITIONS += ["min_severity", "kinds", "probability", "horizon", "factor"]


@admin.register(Rule)
class RuleAdmin(KeepsOthers, admin.ModelAdmin):
    form = RuleForm
    list_display = ["name", "condition", "scope", "severity", "is_active", "is_exercise"]
    list_filter = ["condition", "is_active", "is_exercise"]
    search_fields = ["slug", "name"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["preview"]
    change_form_template = "alerts/admin/rule_form.html"
    fieldsets = [
        (None, {"fields": ["name", "name_ur", "slug", "is_active", "is_exercise"]}),
        (_("Where"), {"fields": ["scope", "stations", "city"]}),
        (_("Condition"), {"fields": ["condition", *FOR_CONDITIONS]}),
        (
            _("Times"),
            {
                "fields": ["pending_for", "recover_for", "cooldown", "repeat_every", "acknowledge_within"],
                "description": TIME_AS_WRITTEN,
            },
        ),
        (_("What is said"), {"fields": ["severity", "channels", *TEMPLATES, "preview"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Rule | None = None) -> list[str]:
        """Subscriptions, silences and alerts know a rule by its short name: with another one nobody would be told."""
        return [*self.readonly_fields, "slug"] if obj else [*self.readonly_fields]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Rule | None = None) -> dict[str, Sequence[str]]:
        return {} if obj else self.prepopulated_fields

    def get_urls(self) -> list[URLPattern]:
        rules = path("rehearse/", self.admin_site.admin_view(self.rehearse), name="alerts_rule_rehearse")
        series = path(
            "rehearse-series/", self.admin_site.admin_view(self.rehearse_series), name="alerts_rehearse_series"
        )
        return [rules, series, *super().get_urls()]

    def rehearse(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not self.has_change_permission(request):
            raise PermissionDenied
        return rehearsal.answer(self, request)

    def rehearse_series(self, request: HttpRequest) -> HttpResponse:
        """For the thresholds of a series: detection knows nothing of alerts, so the answer lives here."""
        series_admin = self.admin_site.get_model_admin(Series)
        if request.method != "POST" or not series_admin.has_change_permission(request):
            raise PermissionDenied
        return rehearsal.answer(series_admin, request)

    def save_model(self, request: HttpRequest, obj: Rule, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        if not Subscription.objects.filter(is_active=True, rule__in=["", obj.slug]).exists():
            messages.warning(request, _("Nobody is told of this rule yet. Give a contact a subscription to it."))

    @admin.display(description=_("preview, with made-up numbers"))
    def preview(self, rule: Rule) -> str | SafeString:
        if not rule.condition:
            return _("Save the rule to see its messages.")
        return render_to_string("alerts/admin/preview.html", {"words": texts.preview(rule)})


class SubscriptionInline(admin.TabularInline):
    model = Subscription
    form = SubscriptionForm
    extra = 0


@admin.register(Contact)
class ContactAdmin(KeepsOthers, admin.ModelAdmin):
    form = ContactForm
    list_display = ["__str__", "kind", "language", "email", "phone", "is_active"]
    list_filter = ["kind", "language", "is_active"]
    search_fields = ["name", "email", "phone"]
    inlines = [SubscriptionInline]
    actions = ["verify", "send_test"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}, **DATETIME_OVERRIDES}
    fieldsets = [
        (None, {"fields": ["name", "kind", "is_active", "language", "timezone"]}),
        (_("E-mail"), {"fields": ["email", "email_verified_at"]}),
        (_("SMS"), {"fields": ["phone", "phone_verified_at", "sms_cap"]}),
        (_("Inbox"), {"fields": ["user"]}),
        (_("When"), {"fields": ["quiet_from", "quiet_to", "digest", "digest_hour"]}),
        (_("Machines and other services"), {"fields": ["webhook_url", "webhook_secret", "apprise_url"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Contact | None = None) -> list[Any]:
        """The last ones hold secrets, in the addresses too: who may only look does not see them."""
        found = list(super().get_fieldsets(request, obj))
        may_write = self.has_change_permission(request, obj) or self.has_add_permission(request)
        return found if may_write else found[:-1]

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: Any) -> None:
        if change:
            form.changed_data += unproved(obj, form.changed_data)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        super().save_related(request, form, formsets, change)
        for sentence in unheard(form.instance):
            messages.warning(request, sentence)

    @admin.action(description=_("Mark addresses as verified"), permissions=["change"])
    def verify(self, request: HttpRequest, chosen: QuerySet[Contact]) -> None:
        now, count = clock.now(), 0
        for address in ("email", "phone"):
            proof = f"{address}_verified_at"
            for contact in chosen.filter(**{proof: None}).exclude(**{address: ""}):
                count += Contact.objects.filter(pk=contact.pk, **{proof: None}).update(**{proof: now})
                self.log_change(request, contact, [{"changed": {"fields": [proof.replace("_", " ").capitalize()]}}])
        messages.info(request, _("%(count)s addresses were marked as verified.") % {"count": count})

    @admin.action(description=_("Send a test through every channel"), permissions=["change"])
    def send_test(self, request: HttpRequest, chosen: QuerySet[Contact]) -> None:
        sent = sum(trial.send(contact) for contact in chosen)
        messages.info(request, _("%(count)s test messages are on their way; see the deliveries.") % {"count": sent})


@admin.register(Alert)
class AlertAdmin(Evidence):
    list_display = ["rule", "place", "state", "severity", "fired_at", "resolved_at", "acknowledged_by", "taken_after"]
    list_filter = ["state", "severity", "is_exercise"]
    search_fields = ["rule", "place", "identifier"]
    date_hierarchy = "opened_at"
    fieldsets = [
        (None, {"fields": ["identifier", "rule", "place", "state", "severity", "peak_severity", "level"]}),
        (_("Times"), {"fields": ["opened_at", "fired_at", "resolved_at", "since", "level_since", "said_at"]}),
        (_("Taken on"), {"fields": ["acknowledged_at", "acknowledged_by", "step", "escalate_at"]}),
        (_("Seen"), {"fields": ["facts", "anomalies", "error", "is_muted", "is_exercise", "revision"]}),
    ]

    @admin.display(description=_("taken on after"))
    def taken_after(self, alert: Alert) -> timedelta | None:
        return alert.acknowledged_at - alert.fired_at if alert.acknowledged_at and alert.fired_at else None


@admin.register(Message)
class MessageAdmin(Evidence):
    list_display = ["created_at", "kind", "subject_en", "severity", "muted_by", "queued_at"]
    list_filter = ["kind", "severity", "created_at"]
    search_fields = ["subject_en", "alert"]


class OfChannel(Equals):
    title = FIELDS["channel"]
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(CHANNEL_LABELS.items())


class OfKind(Equals):
    title = FIELDS["kind"]
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return Message.Kind.choices


@admin.register(Delivery)
class DeliveryAdmin(Evidence):
    list_display = ["created_at", "channel", "recipient", "address", "subject", "state", "attempts", "sent_at", "error"]
    list_filter = ["state", OfChannel, OfKind, "created_at"]
    search_fields = ["address", "recipient", "subject", "reference", "provider_id"]
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    fieldsets = [
        (None, {"fields": ["state", "channel", "recipient", "address", "language", "error"]}),
        (_("Text as it was sent"), {"fields": ["subject", "text", "html", "parts"]}),
        (_("Times"), {"fields": ["created_at", "attempts", "next_attempt_at", "sent_at", "delivered_at", "read_at"]}),
        (_("Identifiers"), {"fields": ["reference", "provider_id", "message", "alert", "contact"]}),
    ]


@admin.register(Silence)
class SilenceAdmin(KeepsOthers, admin.ModelAdmin):
    form = MutingForm
    formfield_overrides = DATETIME_OVERRIDES
    list_display = ["__str__", "starts_at", "ends_at", "max_severity", "created_by"]
    date_hierarchy = "starts_at"
    fields = ["rule", "place", "max_severity", "starts_at", "ends_at", "reason", "created_by"]
    readonly_fields = ["created_by"]

    def save_model(self, request: HttpRequest, obj: Silence, form: Any, change: Any) -> None:
        obj.created_by = obj.created_by or request.user.get_username()
        super().save_model(request, obj, form, change)
