"""The admin's form of a rule: lists are chosen and not typed."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.utils.translation import gettext_lazy as _

from alerts.channels import CHANNELS
from alerts.models import Rule
from detection.models import Anomaly
from ingestion.models import Station


def _stations() -> list[tuple[str, str]]:
    return [(station.slug, str(station)) for station in Station.objects.order_by("name")]


def _channels() -> list[tuple[str, Any]]:
    return [(kind, label) for kind, (label, _path) in CHANNELS.items()]


class RuleForm(forms.ModelForm):
    stations = forms.MultipleChoiceField(
        label=_("Stations"),
        choices=_stations,
        required=False,
        widget=FilteredSelectMultiple(_("stations"), is_stacked=False),
        help_text=Rule._meta.get_field("stations").help_text,
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds"),
        choices=Anomaly.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=Rule._meta.get_field("kinds").help_text,
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        choices=_channels,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=Rule._meta.get_field("channels").help_text,
    )

    class Meta:
        model = Rule
        fields = "__all__"  # noqa: DJ007 (the admin's fieldsets name them)
