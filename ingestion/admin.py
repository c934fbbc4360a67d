"""Stations, variables, readings and what was rejected, for administrators."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aqi_project.admin import KeepsOthers, ReadOnly
from aqi_project.admin.changelist import Equals, ForgivingChangeList
from ingestion.forms import StationForm, VariableForm, has_readings
from ingestion.models import City, Reading, RejectedItem, Station, Variable
from ingestion.names import FIELDS
from ingestion.stations.status import statuses
from ingestion.storing.aside import OWN_SENSORS, switch


@admin.register(Variable)
class VariableAdmin(KeepsOthers, admin.ModelAdmin):  # type: ignore[type-arg]
    form = VariableForm
    list_display = ("code", "name", "unit", "valid_min", "valid_max", "is_pollutant")
    search_fields = ("code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Variable | None = None) -> tuple[str, ...]:
        """Stored values bear the code, and in the unit: neither follows a change here. A missing unit may be given."""
        if obj is None:
            return ()
        return ("code", "unit") if obj.unit else ("code",)


@admin.register(City)
class CityAdmin(KeepsOthers, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "name_ur", "slug")
    search_fields = ("slug", "name", "name_ur")

    def get_readonly_fields(self, request: HttpRequest, obj: City | None = None) -> tuple[str, ...]:
        """Stations, rules and subscriptions know a city by its slug."""
        return ("slug",) if obj else ()


class StationList(ForgivingChangeList):
    """A page of stations, with one look at the readings for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        present = statuses(self.result_list)
        for station in self.result_list:
            station.presence = present[station.slug]


@admin.register(Station)
class StationAdmin(KeepsOthers, admin.ModelAdmin):  # type: ignore[type-arg]
    form = StationForm
    list_display = (
        "name",
        "slug",
        "city",
        "provider",
        "status",
        "is_headline",
        "is_public",
        "is_active",
        "last_poll_at",
        "last_poll_error",
    )
    list_filter = ("provider", "is_public", "is_active")
    search_fields = ("slug", "name", "city")
    readonly_fields = ("last_poll_at", "last_poll_error", "source_since")
    fieldsets = (
        (None, {"fields": ("slug", "name", "name_ur", "city", ("latitude", "longitude"), "timezone")}),
        (
            gettext_lazy("Where its readings come from"),
            {"fields": ("provider", "provider_ref", "expected_interval", "is_active")},
        ),
        (gettext_lazy("Who sees it"), {"fields": ("is_public", "is_headline")}),
        (gettext_lazy("Last poll"), {"fields": ("last_poll_at", "last_poll_error", "source_since")}),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return StationList

    @admin.display(description=gettext_lazy("status"))
    def status(self, station: Station) -> str:
        return _(str(station.presence))  # type: ignore[attr-defined]

    def get_readonly_fields(self, request: HttpRequest, obj: Station | None = None) -> tuple[str, ...]:
        """Readings, series and alerts know their station by its slug: they would stay behind under another."""
        return (*self.readonly_fields, "slug") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Station, form: Any, change: bool) -> None:
        """Write what the form changed alone: workers write the other fields meanwhile."""
        if not change and has_readings(obj.slug):  # nobody knows whether they are of the same place
            text = _(
                "Readings of an earlier station bear the slug %(slug)s and go on as those of this one. "
                "Where it is another place, delete this station and choose another slug."
            )
            messages.warning(request, text % {"slug": obj.slug})
        obj.save(update_fields=[name for name in form.changed_data if name != "provider"] if change else None)
        if change and "provider" in form.changed_data:
            self._change_source(request, obj)

    def _change_source(self, request: HttpRequest, station: Station) -> None:
        """As a start with another AQI_SOURCE does: two providers are never one series."""
        before = Station.objects.get(pk=station.pk)
        if {before.provider, station.provider} <= set(OWN_SENSORS):
            station.save(update_fields=["provider"])
        elif aside := switch(before, station.provider):
            messages.info(request, _("What was there is kept as %(slug)s: sources are never mixed.") % {"slug": aside})


class OfStation(Equals):
    """Which stations there are is asked of the stations: Django would read all readings for it."""

    title = FIELDS["station"]
    parameter_name = "station"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Station.objects.values_list("slug", "slug"))


class FromProvider(Equals):
    """The same of providers."""

    title = FIELDS["provider"]
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Station.Provider.choices)


class ReadingList(ForgivingChangeList):
    """Sorted as an index is: by the time of a chosen station, else by arrival. By time alone all readings were read.

    So they were for a calendar, which is that of a chosen station therefore.
    """

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        if not request.GET.get(OfStation.parameter_name):
            self.date_hierarchy = None

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str]:
        if ORDER_VAR in self.params:
            return list(super().get_ordering(request, queryset))
        return ["-at"] if request.GET.get(OfStation.parameter_name) else ["-received_at"]


@admin.register(Reading)
class ReadingAdmin(ReadOnly):
    list_display = (
        "station", "at", "received_at", "aqi", "dominant", "values", "flags", "remarks", "provider", "revision",
    )  # fmt: skip
    list_filter = (OfStation, FromProvider)
    date_hierarchy = "at"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ReadingList


@admin.register(RejectedItem)
class RejectedItemAdmin(ReadOnly):
    list_display = ("received_at", "station", "provider", "reason", "item")
    list_filter = (OfStation, FromProvider)
    search_fields = ("reason", "item")
