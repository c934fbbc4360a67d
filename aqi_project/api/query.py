"""Reading the parameters of a URL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from aqi_project import clock
from aqi_project.api import ApiError


class AwareDateTimeField(serializers.DateTimeField):
    """ISO 8601 with an offset. A + that arrived as a space, as unescaped URLs have it, is a + again."""

    default_error_messages = {
        "naive": "The time has no offset: end it with Z or +05:00.",
        "invalid": "Not a time. Write it like 2026-01-31T14:00:00Z or 2026-01-31T19:00:00+05:00.",
    }

    def to_internal_value(self, value: Any) -> datetime:
        try:
            at = datetime.fromisoformat(value.strip().replace(" ", "+"))
        except (AttributeError, TypeError, ValueError):
            self.fail("invalid")
        if at.tzinfo is None:
            self.fail("naive")
        try:
            return clock.aware(clock.naive(at))
        except OverflowError:
            self.fail("invalid")


class ChoiceField(serializers.ChoiceField):
    """One of several words. A refusal names them all, so that whoever mistypes one need not look elsewhere."""

    def __init__(self, choices: Any, **named: Any) -> None:
        super().__init__(choices, **named)
        words = ", ".join(map(str, self.choices))
        self.error_messages["invalid_choice"] = f"'{{input}}' is not possible here. Write one of: {words}."


class SpanSerializer(serializers.Serializer[Any]):
    """Parameters `from` (inclusive) and `to` (exclusive); read them as `start` and `end`."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        fields["from"] = AwareDateTimeField(required=False, source="start", help_text="First time, inclusive.")
        fields["to"] = AwareDateTimeField(required=False, source="end", help_text="Last time, exclusive.")
        return fields

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if given.get("start") and given.get("end") and given["start"] >= given["end"]:
            raise serializers.ValidationError({"to": "'to' must be later than 'from'."})
        return given


def read_query(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The parameters of a URL, checked; ValidationError names the one that is wrong."""
    checked = serializer(data=request.query_params)
    for name, values in request.query_params.lists():
        if name not in checked.fields:  # a slip of a letter in a filter would be answered with everything
            known = ", ".join(checked.fields)
            raise ApiError(400, "invalid", f"There is no parameter {name!r} here. There are: {known}.", name)
        if len(values) > 1:  # the last one alone would count
            raise ApiError(400, "invalid", f"The parameter {name!r} comes {len(values)} times. Give it once.", name)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)
