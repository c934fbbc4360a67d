"""The admin's forms of contacts, subscriptions and silences. Places and rules are chosen, so no slip mutes anybody.

What is stored stays a choice also where its station or rule is gone, so that the rest of the form can be changed.
"""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from alerts.channels import CHANNEL_LABELS, CHANNELS, channel
from alerts.channels.apprise import is_known
from alerts.models import Contact, Rule, Silence, Subscription
from alerts.models.rule import city_place
from alerts.people.phone_numbers import international
from alerts.rules.form import Choices
from aqi_project.admin import remember
from ingestion.models import City, Station


def place_choices() -> Choices:
    stations = list(Station.objects.order_by("name"))
    cities = sorted(City.called(station.city for station in stations if station.city).values(), key=str)
    whole = [(city_place(city.slug), _("%(city)s, the whole city") % {"city": city}) for city in cities]
    return [("", _("All places")), *whole, *((station.slug, str(station)) for station in stations)]


def rule_choices() -> Choices:
    return [("", _("All rules")), *Rule.objects.values_list("slug", "name")]


class Chosen(forms.ModelForm):
    """A form whose place and rule are chosen."""

    place = forms.ChoiceField(label=_("Place"), choices=place_choices, required=False)
    rule = forms.ChoiceField(label=_("Rule"), choices=rule_choices, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("place", "rule"):
            field, stored = self.fields[name], getattr(self.instance, name)
            if stored not in dict(field.choices):
                field.choices = [*field.choices, (stored, stored)]
        remember(self.fields)


class SubscriptionForm(Chosen):
    channels = forms.MultipleChoiceField(
        label=_("Channels"), choices=CHANNEL_LABELS, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=Subscription._meta.get_field("channels").help_text,
    )  # fmt: skip

    class Meta:
        model = Subscription
        fields: ClassVar = ["place", "rule", "min_severity", "channels", "step", "is_active"]

    def has_changed(self) -> bool:
        """A new row counts as it stands: Django would drop one that was added and left at “all places, all rules”."""
        return self.instance._state.adding or bool(super().has_changed())


class MutingForm(Chosen):
    class Meta:
        model = Silence
        fields: ClassVar = ["rule", "place", "max_severity", "starts_at", "ends_at", "reason"]


class PhoneField(forms.CharField):
    """A mobile number, however it is spaced."""

    def to_python(self, value: Any) -> str:
        return international(super().to_python(value))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The browser must not cut what is spaced: another number would be left. Its + stands first, in Urdu too."""
        return {"dir": "ltr"}


class ContactForm(forms.ModelForm):
    """The fields are those of the admin's fieldsets."""

    class Meta:
        field_classes: ClassVar = {"phone": PhoneField}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean()
        if given.get("webhook_url") and given.get("webhook_secret") == "":
            self.add_error("webhook_secret", _("A webhook needs a secret, or anybody could forge what it is told."))
        return given

    def clean_webhook_url(self) -> str:
        """Only HTTP has the headers that carry the signature."""
        url = str(self.cleaned_data["webhook_url"])
        if url and not url.startswith(("http://", "https://")):
            raise forms.ValidationError(_("A webhook's address starts with https:// or http://."))
        return url

    def clean_apprise_url(self) -> str:
        url = str(self.cleaned_data["apprise_url"])
        if url and not is_known(url):
            raise forms.ValidationError(
                _("Apprise knows no service with this address: see its list for how to write it.")
            )
        return url


def unproved(contact: Contact, changed: list[str]) -> list[str]:
    """Take back the proofs of addresses that were changed: they were others'. The names of what was taken back."""
    proofs = {address: f"{address}_verified_at" for address in ("email", "phone") if address in changed}
    taken = [proof for proof in proofs.values() if proof not in changed and getattr(contact, proof)]
    for proof in taken:
        setattr(contact, proof, None)
    return taken


def unheard(contact: Contact) -> list[str]:
    """Why what was just saved tells this contact less than it looks like: sentences for whoever saved it."""
    waiting = [address for address, at in _proofs(contact) if address and at is None]
    sentences = [
        _("Nothing is sent to %(address)s before it is marked as verified.") % {"address": one} for one in waiting
    ]
    if not waiting and not any(channel(kind).address(contact) for kind in CHANNELS):
        sentences.append(_("No channel reaches this contact. Give it an address, a number, an account or a service."))
    if not contact.subscriptions.filter(is_active=True).exists():
        sentences.append(_("This contact hears of nothing yet. Give it a subscription."))
    return sentences


def _proofs(contact: Contact) -> list[tuple[str, datetime | None]]:
    return [(contact.email, contact.email_verified_at), (contact.phone, contact.phone_verified_at)]
