"""Reading a request's body: JSON as the standard has it, no larger and no deeper than it may be."""

from __future__ import annotations

import json
from typing import IO, Any

from rest_framework.parsers import BaseParser

from aqi_project.api import ApiError

LARGEST_BODY = 10_000_000  # bytes; 10,000 items of a batch have about 1,000,000


class StrictJSONParser(BaseParser):
    """JSON without NaN and Infinity, which the standard does not have."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = read(stream)
        try:
            return json.loads(raw, parse_constant=_refuse_constant)
        except RecursionError:
            raise ApiError(400, "too_deep", "The JSON is nested too deeply. Send flat items.") from None
        except ValueError as error:
            raise ApiError(
                400, "invalid_json", f"The body is no valid JSON: {error}. Check it and send it again."
            ) from None


def read(stream: IO[bytes]) -> bytes:
    """The body, or ApiError where it is larger than LARGEST_BODY."""
    raw = stream.read(LARGEST_BODY + 1)
    if len(raw) > LARGEST_BODY:
        raise ApiError(413, "too_large", f"The body is larger than {LARGEST_BODY:,} bytes. Send it in parts.")
    return raw


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not allowed, send null or leave the item out")
