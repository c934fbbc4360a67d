"""The answers where there is nothing, and where something broke."""

from __future__ import annotations

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework.request import Request
from rest_framework.views import APIView

from aqi_project.api import ApiError, body, nothing_here
from aqi_project.mongo import is_away


class NoSuchAddress(APIView):
    """Whatever lies below /api/ and is nothing else."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise ApiError(404, "not_found", nothing_here())


def server_error(request: HttpRequest) -> HttpResponse:
    """A bug, or a database that is away (503): the log has it. Programs get JSON, people a page."""
    if not request.path.startswith("/api/"):
        page = defaults.server_error(request)
        error = sys.exc_info()[1]
        page.status_code = 503 if error and is_away(error) else page.status_code
        return page
    text = "Something broke here, and the log has it. Try again; if it stays, tell the operators."
    return JsonResponse(body("internal_error", text), status=500)
