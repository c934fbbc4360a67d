"""The answers where there is nothing, and where something broke."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework.request import Request
from rest_framework.views import APIView

from aqi_project.api import ApiError, body, nothing_here


class NoSuchAddress(APIView):
    """Whatever lies below /api/ and is nothing else."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise ApiError(404, "not_found", nothing_here())


def server_error(request: HttpRequest) -> HttpResponse:
    """A bug: the log has it. Programs get JSON, people a page."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    text = "Something broke here, and the log has it. Try again; if it stays, tell the operators."
    return JsonResponse(body("internal_error", text), status=500)
