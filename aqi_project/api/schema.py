"""What drf-spectacular must be told: how keys are sent, what errors look like, and an example of each operation."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.negotiation import DefaultContentNegotiation

BASE = "/api/v1/"
NOW = "$NOW"  # in an example's body: the present time
KEPT = "x-codeSamples"
INTRODUCTION = "\n\nExample (`AIR` is this server, `KEY` a key of yours):\n\n```sh\n{source}\n```"
ERRORS = {
    "Error": {
        "type": "object",
        "properties": {"error": {"$ref": "#/components/schemas/ErrorBody"}},
        "required": ["error"],
    },
    "ErrorBody": {
        "type": "object",
        "properties": {
            "code": {"type": "string", "description": "For programs, such as unknown_sensor."},
            "message": {"type": "string", "description": "For people: what is wrong, and what to do."},
            "field": {"type": "string", "description": "What is meant, where it is one part of the request."},
        },
        "required": ["code", "message"],
    },
}
TOLD = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
FAILURES = {
    "4XX": {"description": "The request is refused; the sentence in it says what to do.", "content": TOLD},
    "5XX": {"description": "Something broke here. 503: ask again after Retry-After seconds.", "content": TOLD},
}


class ByFormat(DefaultContentNegotiation):
    """`?format=json` and `?format=yaml` count before the header Accept, for whoever only has an address."""

    settings = SimpleNamespace(URL_FORMAT_OVERRIDE="format")


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "aqi_project.api.callers.KeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key, made in the admin."}


def curl(path: str, body: Any = None, *, method: str = "", key: bool = False) -> dict[str, Any]:
    """An operation's example, for `extend_schema(extensions=…)`. The tests run each as it stands.

    `path` is below /api/v1/ unless it begins with a slash; shell variables in it and in the body stay what they are.
    """
    address = path if path.startswith("/") else BASE + path
    parts = ["curl -s", f"-X {method}" if method else "", f'"$AIR{address}"']
    parts += ['-H "Authorization: Bearer $KEY"'] if key else []
    if body is not None:
        parts += ["-H 'Content-Type: application/json'", f"-d {_quoted(body)}"]
    return {KEPT: [{"lang": "Shell", "source": " ".join(filter(None, parts))}]}


def _quoted(body: Any) -> str:
    """JSON in double quotes, so that the shell puts in its variables."""
    text = json.dumps(body).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'.replace(NOW, "$(date -u +%Y-%m-%dT%H:%M:%SZ)")


def show_examples(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular's hook: each example stands in the operation's description too, where every reader shows it."""
    for path in result["paths"].values():
        for operation in path.values():
            for sample in operation.get(KEPT, ()):
                operation["description"] = operation.get("description", "") + INTRODUCTION.format(
                    source=sample["source"]
                )
    return result


def show_errors(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular's hook: every operation may fail, always in one shape, which generated clients read too."""
    result["components"]["schemas"] |= ERRORS
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"] |= FAILURES
    return result


def show_either(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular's hook: answers of several kinds are any of them, since a page without results is of each."""
    for schema in result["components"]["schemas"].values():
        if "oneOf" in schema:
            schema["anyOf"] = schema.pop("oneOf")
    return result
