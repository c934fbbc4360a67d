"""What the admin's lists have in common: filters that read no rows, and no error for nonsense in an address."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import DatabaseError, NotSupportedError
from django.db.models import QuerySet
from django.http import HttpRequest
from pymongo.errors import OperationFailure

# Years without a calendar, durations that are none, lookups that MongoDB has not. Django foresees other mistakes.
NONSENSE = (ValueError, ArithmeticError, AttributeError, TypeError, NotSupportedError)


class Equals(admin.SimpleListFilter):
    """Rows whose field `parameter_name` has the chosen value; `lookups` says which there are."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.parameter_name: self.value()}) if self.value() else queryset


class ForgivingChangeList(ChangeList):
    """Django's list. What the address asks for and cannot be done leads to the list without it, not to an error."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        try:
            super().__init__(request, *args, **kwargs)
        except (*NONSENSE, DatabaseError) as error:
            if not request.GET or not _is_the_callers(error):
                raise
            raise IncorrectLookupParameters(error) from error


def _is_the_callers(error: Exception) -> bool:
    """A database that refuses a question, such as a broken pattern, is not one that is away."""
    return isinstance(error, NONSENSE) or isinstance(error.__cause__, OperationFailure)


def _get_changelist(self: admin.ModelAdmin, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:  # type: ignore[type-arg]
    return ForgivingChangeList


admin.ModelAdmin.get_changelist = _get_changelist  # type: ignore[method-assign]  # other people's admins, too
