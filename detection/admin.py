"""Series with their thresholds, forecasts, anomalies and verdicts; what a model's life needs is in lifecycle/."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator, format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aqi_project.admin import Evidence, KeepsOthers, remember
from aqi_project.admin.date_and_time import DATETIME_OVERRIDES
from aqi_project.api.keys import ApiKey
from detection.detector_registry import REGISTRY
from detection.lifecycle import record_admin, reviews  # noqa: F401  (registers the records)
from detection.lifecycle.admin import OfSeries, SeriesActions
from detection.lifecycle.phrases import translated
from detection.lifecycle.training.detector_choice import wrong_with
from detection.models import Anomaly, Forecast, Prediction, Series
from detection.names import FIELDS
from ingestion.models import Station, Variable

PLACE = ("station", "variable")
WORDS_SHOWN = 8  # of an explanation, in the list of anomalies


class SeriesForm(forms.ModelForm):  # type: ignore[type-arg]
    """Refuses what no training could use."""

    detectors = forms.MultipleChoiceField(
        label=_("Detectors"),
        required=False,
        choices=[(kind, format_lazy("{}: {}", kind, _(label))) for kind, (label, _path) in REGISTRY.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Names of detectors; empty: the usual set."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        variable = Variable.objects.filter(code=self.instance.variable).first()
        if variable:
            for name in {"hard_min", "hard_max"} & set(self.fields):
                self.fields[name].label = f"{self.fields[name].label} ({variable.unit})"

    def clean_detectors(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["detectors"]
        if wrong := wrong_with(chosen):
            raise forms.ValidationError(wrong)
        return chosen

    def clean(self) -> dict[str, Any]:
        """All that is kept of a series is found by its key, and its readings by the other two. Limits leave a room."""
        given: dict[str, Any] = super().clean() or {}
        if {"key", *PLACE} <= set(given):
            self._check_place(given)
        low, high = given.get("hard_min"), given.get("hard_max")
        if low is not None and high is not None and low >= high:
            told = _("This has to be above the lower limit: else every value is an anomaly.")
            raise forms.ValidationError({"hard_max": told})
        return given

    def _check_place(self, given: dict[str, Any]) -> None:
        """A slip of a letter would be a series to which nothing ever comes."""
        if not Station.objects.filter(slug=given["station"]).exists():
            raise forms.ValidationError({"station": _("There is no station %(slugs)s.") % {"slugs": given["station"]}})
        if not Variable.objects.filter(code=given["variable"]).exists():
            told = _("There is no variable %(code)s.") % {"code": given["variable"]}
            raise forms.ValidationError({"variable": told})
        if given["key"] != (key := "/".join(given[name] for name in PLACE)):
            raise forms.ValidationError({"key": _("The key of this series has to be %(key)s.") % {"key": key}})


class SeriesRow(forms.ModelForm):  # type: ignore[type-arg]
    """A line of the list: its inputs say to whom cannot see the column's title which series they are of."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}: {self.instance.key}"
        remember(self.fields)


@admin.register(Series)
class SeriesAdmin(KeepsOthers, SeriesActions, admin.ModelAdmin):  # type: ignore[type-arg]
    form = SeriesForm
    formfield_overrides = DATETIME_OVERRIDES
    list_display = ("key", "is_active", "false_alarms_per_month", "severity_floor", "hard_min", "hard_max", "champion")
    list_editable = ("false_alarms_per_month", "severity_floor")
    list_filter = ("station", "variable", "is_active")
    search_fields = ("key",)
    readonly_fields = ("champion", "challenger", "why_untrained", "times_rarer")
    fieldsets = (
        (None, {"fields": ("key", "station", "variable", "is_active")}),
        (_("When to call something unusual"), {"fields": ("false_alarms_per_month", "times_rarer", "severity_floor")}),
        (_("Hard limits"), {"fields": ("hard_min", "hard_max")}),
        (_("When to train"), {"fields": ("retrain_days", "shadow_days", "window_starts_at")}),
        (_("Models"), {"fields": ("detectors", ("champion", "challenger"), "why_untrained")}),
    )

    class Media:
        css = {"all": ("css/admin.css",)}

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[forms.ModelForm]:  # type: ignore[type-arg]
        return super().get_changelist_form(request, **kwargs | {"form": SeriesRow})

    def get_readonly_fields(self, request: HttpRequest, obj: Series | None = None) -> tuple[str, ...]:
        """With another key a series would lose its versions, and they their series."""
        return (*self.readonly_fields, "key", *PLACE) if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Series | None = None) -> bool:
        """Its versions would stay and hold their numbers, and no training of the series that comes anew could end."""
        return False

    @admin.display(
        description=_("The bar now (1: as calibrated); alarms raise it and quiet days lower it, to keep to that number")
    )
    def times_rarer(self, series: Series) -> str:
        return f"{10**series.strictness:.1f}"

    @admin.display(description=FIELDS["training_error"])
    def why_untrained(self, series: Series) -> str:
        return translated(series.training_error)


@admin.register(Forecast)
class ForecastAdmin(Evidence):
    list_display = ("series", "issued_at", "model_version", "start")
    list_filter = (OfSeries,)
    ordering = ("-series", "-issued_at")  # as its index is; by time alone all forecasts were read for each page

    def get_queryset(self, request: HttpRequest) -> QuerySet[Forecast]:
        return super().get_queryset(request).defer("quantiles", "categories")


@admin.register(Anomaly)
class AnomalyAdmin(KeepsOthers, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("series", "start", "end", "kind", "severity", "beginning", "review")
    list_filter = ("station", "variable", "kind", "severity", "is_fault", "review")
    date_hierarchy = "start"
    actions = ("mark_true", "mark_false_alarm", "mark_sensor_fault")

    @admin.display(description=_("What happened"))
    def beginning(self, anomaly: Anomaly) -> str:
        """Of its explanation; the whole of it made each row of the list as tall as a page."""
        urdu = get_language() == "ur" and anomaly.explanation_ur
        return Truncator(urdu or anomaly.explanation).words(WORDS_SHOWN)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Anomaly | None = None) -> list[str]:
        return [field.name for field in Anomaly._meta.fields if field.name not in {"review", "review_note"}]

    def save_model(self, request: HttpRequest, obj: Anomaly, form: Any, change: bool) -> None:
        """The verdict alone: the worker may be writing the rest. What was not touched stays as a colleague left it."""
        if form.changed_data:
            given = form.initial | {name: form.cleaned_data[name] for name in form.changed_data}
            event = Anomaly.objects.filter(pk=obj.pk)
            reviews.judge(event, given["review"], request.user.get_username(), given["review_note"])

    @admin.action(description=_("Review: true event"), permissions=["change"])
    def mark_true(self, request: HttpRequest, anomalies: QuerySet[Anomaly]) -> None:
        self._review(request, anomalies, Anomaly.Review.TRUE)

    @admin.action(description=_("Review: false alarm"), permissions=["change"])
    def mark_false_alarm(self, request: HttpRequest, anomalies: QuerySet[Anomaly]) -> None:
        self._review(request, anomalies, Anomaly.Review.FALSE_ALARM)

    @admin.action(description=_("Review: sensor fault"), permissions=["change"])
    def mark_sensor_fault(self, request: HttpRequest, anomalies: QuerySet[Anomaly]) -> None:
        self._review(request, anomalies, Anomaly.Review.SENSOR_FAULT)

    def _review(self, request: HttpRequest, anomalies: QuerySet[Anomaly], review: str) -> None:
        count = reviews.judge(anomalies, review, request.user.get_username())
        self.message_user(request, _("%(count)d reviewed.") % {"count": count})


class OfSensor(OfSeries):
    title = FIELDS["sensor"]
    parameter_name = "sensor"


class OfKey(OfSeries):
    title = FIELDS["key"]
    parameter_name = "key"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(key.prefix, str(key)) for key in ApiKey.objects.all()]


@admin.register(Prediction)
class PredictionAdmin(Evidence):
    list_display = ("served_at", "sensor", "key", "count", "anomalies", "model_version")
    list_filter = (OfSensor, OfKey, "served_at")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
