"""Date and time in the admin's forms."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db import models
from django.utils.translation import gettext_lazy as _

FIRST_YEAR, LAST_YEAR = 1900, 2200


class DateAndTime(AdminSplitDateTime):
    """Django's two inputs of one field, each with a name that is read out."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        for widget, name in zip(self.widgets, (_("Date"), _("Time")), strict=True):
            widget.attrs["aria-label"] = name


class AdminDateTimeField(forms.SplitDateTimeField):
    """In the first and the last year of the calendar other zones have none: such a time could not be stored."""

    def prepare_value(self, value: Any) -> Any:
        """An address may bring a text to begin with, which is no time yet."""
        return None if isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        if moment and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            years = {"first": FIRST_YEAR, "last": LAST_YEAR}
            raise forms.ValidationError(_("Give a year from %(first)d to %(last)d."), params=years)
        return moment


DATETIME_OVERRIDES = {models.DateTimeField: {"form_class": AdminDateTimeField, "widget": DateAndTime}}
