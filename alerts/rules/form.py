"""The admin's form of a rule: what is known is chosen and not typed."""

import json
from typing import Any, ClassVar

from django import forms
from django.forms.widgets import Script
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alerts.channels import CHANNEL_LABELS
from alerts.models import Rule
from alerts.models.rule import NEEDS
from alerts.rules.checks import problems
from alerts.sending.texts import NAMES
from detection.models import Anomaly
from ingestion.aqi import standards
from ingestion.forms import TIME_AS_WRITTEN
from ingestion.models import City, Station, Variable

Choices = list[tuple[str, Any]]
COMMAS = str.maketrans(",،", "  ")  # an Urdu keyboard has its own


def _stations() -> Choices:
    return [(station.slug, str(station)) for station in Station.objects.order_by("name")]


def _cities() -> Choices:
    named = Station.objects.exclude(city="").values_list("city", flat=True)
    return [("", _("Any")), *((city.slug, str(city)) for city in sorted(City.called(named).values(), key=str))]


def _variables() -> Choices:
    none = _("The air quality index; of anomalies: any variable")
    return [("", none), *Variable.objects.order_by("name").values_list("code", "name")]


def _standards() -> Choices:
    language = get_language() or "en"
    return [(code, standard.latest.name_in(language)) for code, standard in standards().items()]


class LimitsField(forms.CharField):
    """Numbers with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(f"{limit:g}" for limit in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[float]:  # type: ignore[override]
        words = super().to_python(value).strip("[]").translate(COMMAS).split()
        try:
            return [float(word) for word in words]
        except ValueError:
            raise forms.ValidationError(_("Write numbers with commas between them, such as 151, 201, 301.")) from None


TO_FILL_IN = format_lazy(
    _("Empty: our own words. To fill in, written as in {example}: {names}."),
    example="{{ place }}",
    names=", ".join(NAMES),
)
HELP = {"template_en": TO_FILL_IN, "template_ur": TO_FILL_IN} | {
    name: format_lazy("{} {}", Rule._meta.get_field(name).help_text, TIME_AS_WRITTEN)
    for name in ("short_mean", "long_mean", "horizon")
}
LABELS = {
    "name": _("Name"),
    "slug": _("Short name in addresses"),
    "is_active": _("Active"),
    "is_exercise": _("Exercise"),
    "scope": _("Looks at"),
    "condition": _("Condition"),
    "min_severity": _("At least of this severity"),
    "short_mean": _("Short mean"),
    "long_mean": _("Long mean"),
    "probability": _("Probability"),
    "horizon": _("Horizon"),
    "factor": _("Factor"),
    "pending_for": _("Pending for"),
    "recover_for": _("Recover for"),
    "cooldown": _("Cooldown"),
    "repeat_every": _("Repeat every"),
    "severity": _("Severity"),
    "acknowledge_within": _("Acknowledge within"),
}


class RuleForm(forms.ModelForm):
    stations = forms.MultipleChoiceField(
        label=_("Stations"),
        choices=_stations,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: all public ones."),
    )
    city = forms.ChoiceField(
        label=_("City"), choices=_cities, required=False, help_text=Rule._meta.get_field("city").help_text
    )
    variable = forms.ChoiceField(label=_("Variable"), choices=_variables, required=False)
    standard = forms.ChoiceField(
        label=_("Standard"), choices=_standards, help_text=Rule._meta.get_field("standard").help_text
    )
    limits = LimitsField(
        label=_("Limits"), required=False, help_text=_("Rising, such as 151, 201, 301; each is a level.")
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
        choices=CHANNEL_LABELS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=Rule._meta.get_field("channels").help_text,
    )

    class Meta:
        model = Rule
        fields = "__all__"  # noqa: DJ007 (the admin's fieldsets name them)
        labels = LABELS
        help_texts: ClassVar = HELP

    class Media:
        css = {"all": ("css/admin.css",)}
        js = (Script("js/rule_form.js", defer=True, **{"data-needs": json.dumps(NEEDS)}),)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean()
        for field, sentence in problems(Rule(**given)).items():
            if field not in self.errors:  # its own field has said it more plainly
                self.add_error(field, sentence)
        return given
