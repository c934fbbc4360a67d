"""An id that is none leads nowhere: MongoDB's field raises another error for it than those that Django foresees."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]
_admin_view = admin.AdminSite.admin_view


def _found(view: View) -> View:
    """What a form refuses, it says itself: what is raised here is of an address, or of a forged choice of rows."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except ValidationError as error:
            raise Http404(" ".join(error.messages)) from error

    return answer


def _guarded(self: admin.AdminSite, view: View, cacheable: bool = False) -> View:
    return _admin_view(self, _found(view), cacheable)


admin.AdminSite.admin_view = _guarded  # type: ignore[method-assign]  # for the pages of all models, others' too
