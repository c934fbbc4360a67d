"""The records of models' lives in the admin, to look at: who let what serve, trainings, checks for drift, months."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aqi_project.admin import Evidence
from detection.lifecycle import drawing, mlflow_run
from detection.lifecycle.admin import OfSeries
from detection.lifecycle.phrases import translated
from detection.models import DriftReport, ModelVersion, MonthlyRecord, Promotion, TrainingRun
from detection.names import FIELDS

SHOWN_DAYS, SHOWN_SERIES = 60, 40  # on the page of all checks


@admin.register(Promotion)
class PromotionAdmin(Evidence):
    list_display = ("series", "at", "action", "from_number", "to_number", "who", "told")
    list_filter = (OfSeries, "action")
    fields = ("series", "at", "action", "from_number", "to_number", "who", "told")
    readonly_fields = ("told",)

    @admin.display(description=FIELDS["why"])
    def told(self, promotion: Promotion) -> str:
        return translated(promotion.why)


def _in_language(report: DriftReport) -> str:
    return (report.sentence_ur if get_language() == "ur" else "") or report.sentence


def _listed(values: Mapping[str, Any]) -> SafeString:
    """Name and value, a line each."""
    return format_html_join("", "<div>{}: <strong>{}</strong></div>", values.items())


@admin.register(TrainingRun)
class TrainingRunAdmin(Evidence):
    list_display = ("series", "requested_at", "reason", "state", "version", "promoted", "seconds", "told")
    list_filter = (OfSeries, "state", "reason")
    date_hierarchy = "requested_at"
    fields = (
        "series", ("state", "version", "promoted"), "told", "picture", "metrics", "parameters",
        ("reason", "who"), "asked_because",
        ("requested_at", "started_at", "finished_at", "seconds"), "data_until", "window_starts_at", "attempts",
        "mlflow_run", "traceback",
    )  # fmt: skip
    readonly_fields = ("told", "picture", "metrics", "parameters", "asked_because")

    class Media:
        css: ClassVar = {"all": ("css/admin.css",)}

    @admin.display(description=FIELDS["outcome"])
    def told(self, run: TrainingRun) -> str:
        return translated(run.outcome)

    @admin.display(description=FIELDS["why"])
    def asked_because(self, run: TrainingRun) -> str:
        drift = DriftReport.objects.filter(series=run.series, sentence=run.why).first()
        return _in_language(drift) if drift else translated(run.why)

    @admin.display(description=_("errors on the weeks that judged it"))
    def picture(self, run: TrainingRun) -> str:
        version = self._version(run)
        return drawing.errors(version.held_out) if version and version.held_out else "–"

    @admin.display(description=_("metrics"))
    def metrics(self, run: TrainingRun) -> str:
        return _listed(mlflow_run.metrics(run, self._version(run)))

    @admin.display(description=_("parameters"))
    def parameters(self, run: TrainingRun) -> str:
        return _listed(mlflow_run.parameters(run, self._version(run)))

    def _version(self, run: TrainingRun) -> ModelVersion | None:
        """What the run wrote; one that found nothing new to learn names the champion, which another wrote."""
        wrote = ModelVersion.objects.filter(series=run.series, number=run.version).defer("band", "calibration")
        return wrote.first() if run.state == TrainingRun.State.DONE else None


def _newest_verdicts() -> dict[str, dict[date, str]]:
    """The verdicts of the newest days by series."""
    newest = DriftReport.objects.order_by("-day").values_list("day", flat=True).first()
    if newest is None:
        return {}
    found: dict[str, dict[date, str]] = {}
    rows = DriftReport.objects.filter(day__gt=newest - timedelta(days=SHOWN_DAYS)).order_by("series", "day")
    for series, day, verdict in rows.values_list("series", "day", "verdict"):
        if series in found or len(found) < SHOWN_SERIES:
            found.setdefault(series, {})[day] = verdict
    return found


@admin.register(DriftReport)
class DriftReportAdmin(Evidence):
    list_display = ("series", "day", "verdict", "is_new", "told")
    list_filter = (OfSeries, "verdict", "is_new")
    date_hierarchy = "day"
    fields = (
        "series",
        "day",
        "verdict",
        "is_new",
        "sentence",
        "sentence_ur",
        "since",
        "factor",
        "picture",
        "all_tests",
    )
    readonly_fields = ("picture", "all_tests")

    class Media:
        css: ClassVar = {"all": ("css/admin.css",)}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"over_time": drawing.verdicts(_newest_verdicts())})

    @admin.display(description=FIELDS["sentence"])
    def told(self, report: DriftReport) -> str:
        return _in_language(report)

    @admin.display(description=_("readings by day"))
    def picture(self, report: DriftReport) -> SafeString:
        return drawing.months(report.plot)

    @admin.display(description=_("tests"))
    def all_tests(self, report: DriftReport) -> SafeString:
        return render_to_string("detection/drift_tests.html", {"tests": report.tests})


@admin.register(MonthlyRecord)
class MonthlyRecordAdmin(Evidence):
    list_display = (
        "series",
        "month",
        "hours",
        "count",
        "error",
        "persistence",
        "seasonal_naive",
        "provider",
        "coverage",
    )
    list_filter = (OfSeries, "month")
