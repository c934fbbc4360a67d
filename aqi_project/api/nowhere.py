"""The answer where there is nothing."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.views import APIView

from aqi_project.api import ApiError, nothing_here


class NoSuchAddress(APIView):
    """Whatever lies below /api/ and is nothing else."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise ApiError(404, "not_found", nothing_here())
