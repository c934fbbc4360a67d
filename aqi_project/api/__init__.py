"""What every endpoint shares: errors in one shape, each with a sentence that says what to do."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DatabaseError, IntegrityError
from django.http import Http404
from pymongo.errors import PyMongoError
from rest_framework import exceptions
from rest_framework.response import Response

log = logging.getLogger(__name__)
KEY_SCHEME = "Bearer"


class ApiError(exceptions.APIException):
    """A refusal with the code that programs read, the sentence that people read, and the field that is meant.

    `wait` is the number of seconds after which the same is worth another try, None where it never is.
    """

    def __init__(
        self, status: int, code: str, message: str, field: str | None = None, *, wait: float | None = None
    ) -> None:
        super().__init__(message, code)
        self.status_code, self.code, self.message, self.field, self.wait = status, code, message, field, wait

    def as_dict(self) -> dict[str, str]:
        return body(self.code, self.message, self.field)["error"]


def body(code: str, message: str, field: str | None = None) -> dict[str, dict[str, str]]:
    """The shape of every error."""
    error = {"code": code, "message": message}
    return {"error": {**error, "field": field} if field else error}


def explain_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler. What it does not know is a bug, and stays an exception."""
    known = _as_api_error(error, context)
    if known is None:
        return None
    return Response(body(known.code, known.message, known.field), status=known.status_code, headers=_headers(known))


def _headers(error: ApiError) -> dict[str, str]:
    headers = {}
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = KEY_SCHEME  # HTTP asks for it with each 401
    if error.wait is not None:
        headers["Retry-After"] = _seconds(error.wait)
    return headers


def _seconds(wait: float | None) -> str:
    return str(max(1, round(wait or 0)))


def _as_api_error(error: Exception, context: dict[str, Any]) -> ApiError | None:
    if isinstance(error, ApiError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return ApiError(400, "invalid", *_first(error.detail))
    if isinstance(error, DjangoValidationError):
        return ApiError(400, "invalid", " ".join(error.messages))
    if isinstance(error, IntegrityError):
        log.warning("A write was given up: %s", error)
        return ApiError(503, "unavailable", "Others were writing the same. Try again in 5 seconds.", wait=5)
    if isinstance(error, DatabaseError | PyMongoError):
        log.error("The database does not answer: %s", error)
        return ApiError(503, "unavailable", "The database does not answer. Try again in a minute.", wait=60)
    if isinstance(error, Http404):
        return ApiError(404, "not_found", str(error) or nothing_here())
    if isinstance(error, exceptions.APIException):
        return _of_framework(error, context)
    return None


def _first(detail: Any, field: str | None = None) -> tuple[str, str | None]:
    """The first complaint of a serializer, and the path of the field that it is about."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        return _first(inner, field if name == "non_field_errors" else ".".join(filter(None, (field, str(name)))))
    if isinstance(detail, list):
        return _first(next((one for one in detail if one), ""), field)
    return str(detail), field


def _of_framework(error: exceptions.APIException, context: dict[str, Any]) -> ApiError:
    wait = getattr(error, "wait", None)
    messages = {
        exceptions.MethodNotAllowed: _use_allowed(context),
        exceptions.UnsupportedMediaType: "Send JSON, with the header Content-Type: application/json.",
        exceptions.Throttled: f"Too many requests in a minute. Try again in {_seconds(wait)} seconds.",
        exceptions.NotAcceptable: "Send the header Accept: application/json. Readings come as CSV with ?format=csv.",
    }
    message = messages.get(type(error)) or str(error.detail)
    code = str(getattr(error.detail, "code", "") or error.default_code)
    return ApiError(error.status_code, code, message, wait=wait)


def _use_allowed(context: dict[str, Any]) -> str:
    allowed = ", ".join(context["view"].allowed_methods)
    return f"This address does not take that method. Use one of: {allowed}."


def nothing_here() -> str:
    return "There is nothing at this address. /api/docs lists what there is."
