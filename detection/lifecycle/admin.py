"""Versions in the admin: promote and roll back with one click and a reason, and two versions side by side."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from aqi_project.admin import ReadOnly
from aqi_project.admin.changelist import Equals, ForgivingChangeList
from detection.lifecycle import drawing
from detection.lifecycle.compare import compared
from detection.lifecycle.phrases import translated
from detection.lifecycle.training.runs import request as ask_for_training
from detection.models import ModelVersion, Series
from detection.names import FIELDS
from detection.versions.registry import RegistryError, promote, rollback

SERVES = _("Version %(to_number)s of %(series)s serves now.")
WAITS = _("A training of %(series)s is waiting.")


class ReasonForm(admin.helpers.ActionForm):
    """Beside the list of actions."""

    why = forms.CharField(label=_("Reason"), required=False, max_length=400)


class WithReason:
    """Actions that need a reason, and the right to change series."""

    action_form = ReasonForm

    def has_series_permission(self, request: HttpRequest) -> bool:
        """For the actions' `permissions`: versions themselves are changed by nobody."""
        return bool(request.user.has_perm("detection.change_series"))

    def tried(self, request: HttpRequest, act: Any, said: Any) -> None:
        """Say what `act` did for this person and reason, or why not. `said`: a sentence about the row that it made."""
        try:
            row = act(who=request.user.get_username(), why=request.POST.get("why", ""))
            messages.success(request, said % vars(row))
        except RegistryError as error:
            messages.error(request, translated(str(error)))


class OfSeries(Equals):
    """Which series there are is asked of the series: Django would read all versions, or forecasts, for it."""

    title = FIELDS["series"]
    parameter_name = "series"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Series.objects.values_list("key", "key"))


class VersionList(ForgivingChangeList):
    """A page of versions, with one look at what serves."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        serving = set(Series.objects.values_list("key", "champion"))
        for version in self.result_list:
            version.is_champion = (version.series, version.number) in serving


@admin.register(ModelVersion)
class ModelVersionAdmin(WithReason, ReadOnly):
    list_display = (
        "series",
        "number",
        "serves",
        "created_at",
        "reason",
        "rows",
        "trained_to",
        "held_out_error",
        "seconds",
    )
    list_filter = (OfSeries, "reason")
    exclude = ("band", "calibration", "held_out")
    readonly_fields = ("picture",)
    actions = ("let_serve", "side_by_side")

    class Media:
        css: ClassVar = {"all": ("css/admin.css",)}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return VersionList

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        """A version is a quarter of a megabyte; the list of a hundred took seconds."""
        return super().get_queryset(request).defer(*self.exclude)

    @admin.display(description=_("serves"), boolean=True)
    def serves(self, version: ModelVersion) -> bool:
        return bool(version.is_champion)  # type: ignore[attr-defined]

    @admin.display(description=_("held-out error, beside yesterday's"))
    def held_out_error(self, version: ModelVersion) -> str:
        ours, naive = (version.metrics.get(f"error_{name}") for name in ("challenger", "seasonal_naive"))
        return f"{ours} / {naive}" if ours else "–"

    @admin.display(description=_("errors on the weeks that judged it"))
    def picture(self, version: ModelVersion) -> str:
        return drawing.errors(version.held_out) if version.held_out else "–"

    @admin.action(description=_("Let this version serve (give a reason)"), permissions=["series"])
    def let_serve(self, request: HttpRequest, versions: QuerySet[ModelVersion]) -> None:
        for version in versions:
            series = Series.objects.get(key=version.series)
            self.tried(request, partial(promote, series, version.number), SERVES)

    @admin.action(description=_("Compare two versions side by side"))
    def side_by_side(self, request: HttpRequest, versions: QuerySet[ModelVersion]) -> HttpResponse:
        chosen = list(versions[:3])
        if len(chosen) != 2:
            self.message_user(request, _("Choose exactly two versions."), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        older, newer = sorted(chosen, key=lambda version: version.number)
        context = {**self.admin_site.each_context(request), "older": older, "newer": newer}
        rows = {"rows": compared(older, newer), "title": _("Two versions side by side")}
        return TemplateResponse(request, "admin/detection/compare.html", context | rows)


class SeriesActions(WithReason):
    """What the list of series offers beside its thresholds."""

    actions = ("roll_back", "train_now")

    @admin.action(description=_("Back to the version before (give a reason)"), permissions=["series"])
    def roll_back(self, request: HttpRequest, chosen: QuerySet[Series]) -> None:
        for series in chosen:
            self.tried(request, partial(rollback, series), SERVES)

    @admin.action(description=_("Train now"), permissions=["series"])
    def train_now(self, request: HttpRequest, chosen: QuerySet[Series]) -> None:
        for series in chosen:
            self.tried(request, partial(ask_for_training, series, ModelVersion.Reason.MANUAL), WAITS)
