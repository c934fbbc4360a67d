"""Background work in the admin, in the reader's words: tasks that are scheduled, done and failed.

What the scheduler cannot read is refused, for it would not be done.
"""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_q.admin import FailAdmin, ScheduleAdmin, TaskAdmin
from django_q.conf import croniter
from django_q.models import Failure, Schedule, Success, Task

from aqi_project import clock
from aqi_project.admin.changelist import Equals
from aqi_project.admin.date_and_time import DATETIME_OVERRIDES
from aqi_project.queue.schedules import UNREADABLE, arguments, fault, keywords

OLDEST = timedelta(days=366)  # the scheduler counts from there to now, by minutes, before it does anything else


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Offers and takes what works."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields.get("schedule_type")
        if kind and croniter is None:
            kind.choices = [choice for choice in kind.choices if choice[0] != Schedule.CRON]  # type: ignore[attr-defined]
            kind.help_text = _("Cron is missing, because it needs the package croniter, which is not installed.")

    def clean_args(self) -> str | None:
        given: str | None = self.cleaned_data["args"]
        try:
            arguments(given or "")
        except UNREADABLE:
            told = _("Write values of Python with commas between them, text in quotes: 'lahore', 3")
            raise forms.ValidationError(told) from None
        return given

    def clean_kwargs(self) -> str | None:
        given: str | None = self.cleaned_data["kwargs"]
        try:
            keywords(given or "")
        except UNREADABLE:
            told = _("Write names and values of Python with commas between them, text in quotes: station='lahore'")
            raise forms.ValidationError(told) from None
        return given

    def clean_next_run(self) -> Any:
        given = self.cleaned_data["next_run"]
        if given and "next_run" in self.changed_data and given < clock.now() - OLDEST:
            raise forms.ValidationError(_("Give a time that is less than a year ago."))
        return given

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("schedule_type") == Schedule.MINUTES and not given.get("minutes"):
            self.add_error("minutes", _("Say after how many minutes it is done again."))
        return given


class OurScheduleAdmin(ScheduleAdmin):  # type: ignore[misc]
    form = ScheduleForm
    formfield_overrides = DATETIME_OVERRIDES
    list_display = ("named", *(name for name in ScheduleAdmin.list_display if name not in {"id", "name"}), "fault")
    list_display_links = ("named",)

    @admin.display(description=_("Name"), ordering="name")
    def named(self, schedule: Schedule) -> str:
        """Ours are stored in English, by which each start finds them."""
        return gettext(schedule.name) if schedule.name else schedule.func

    @admin.display(description=_("Why it does not run"))
    def fault(self, schedule: Schedule) -> str:
        return fault(schedule) if schedule.repeats else ""


class OfSchedule(Equals):
    """Of which schedule a task is; what was queued otherwise may have a group of its own."""

    title = _("Scheduled task")
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        groups = model_admin.get_queryset(request).exclude(group=None).values_list("group", flat=True)
        return [(group, gettext(group)) for group in groups.order_by("group").distinct()]


class OfScheduleMixin:
    """A task bears the name of its schedule as its group."""

    list_filter = (OfSchedule, "cluster")

    @admin.display(description=_("Scheduled task"), ordering="group")
    def schedule(self, task: Task) -> str:
        return gettext(task.group) if task.group else ""


def _with_schedule(columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("schedule" if name == "group" else name for name in columns)


class SuccessAdmin(OfScheduleMixin, TaskAdmin):  # type: ignore[misc]
    list_display = _with_schedule(TaskAdmin.list_display)


class FailureAdmin(OfScheduleMixin, FailAdmin):  # type: ignore[misc]
    list_display = _with_schedule(FailAdmin.list_display)


OURS = {Schedule: OurScheduleAdmin, Success: SuccessAdmin, Failure: FailureAdmin}
admin.site.unregister(OURS)
for model, ours in OURS.items():
    admin.site.register(model, ours)
