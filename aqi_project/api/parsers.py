"""Reading a request's body: JSON as the standard has it, plain or gzip, no larger and no deeper than it may be."""

from __future__ import annotations

import json
import re
import zlib
from typing import IO, Any

from rest_framework.parsers import BaseParser

from aqi_project.api import ApiError

LARGEST_BODY = 10_000_000  # bytes, unpacked; 10,000 items of a batch have about 1,000,000
SEPARATORS = b",[{"
MOST_PARTS = 500_000  # separators; 10,000 items of 20 variables with their units have 450,000
SURROGATE = re.compile(rb"\\u[dD]|\xed|\x00")  # escaped, as bytes, or in another encoding than UTF-8
GZIP = 16 + zlib.MAX_WBITS  # zlib's way to ask for gzip's header


class StrictJSONParser(BaseParser):
    """JSON without NaN and Infinity, which the standard does not have."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        encoding = parser_context["request"].META.get("HTTP_CONTENT_ENCODING", "identity").lower()
        raw = unpack(read(stream), encoding)
        _refuse_many_parts(raw)
        try:
            return _whole(json.loads(raw, parse_constant=_refuse_constant), raw)
        except RecursionError:
            raise ApiError(400, "too_deep", "The JSON is nested too deeply. Send flat items.") from None
        except ValueError as error:
            text = f"The body is no valid JSON: {error}. Check it and send it again."
            raise ApiError(400, "invalid_json", text) from None


def read(stream: IO[bytes]) -> bytes:
    """The body, or ApiError where it is larger than LARGEST_BODY."""
    raw = stream.read(LARGEST_BODY + 1)
    if len(raw) > LARGEST_BODY:
        raise too_large()
    return raw


def unpack(raw: bytes, encoding: str) -> bytes:
    """The body without its Content-Encoding."""
    if encoding == "identity":
        return raw
    if encoding != "gzip":
        text = f"Content-Encoding {encoding!r} cannot be read. Send the body plain or with gzip."
        raise ApiError(415, "unsupported_encoding", text)
    unpacker = zlib.decompressobj(GZIP)
    try:
        plain = unpacker.decompress(raw, LARGEST_BODY + 1)
    except zlib.error:
        raise _broken_gzip() from None
    if len(plain) > LARGEST_BODY:
        raise too_large()
    if not unpacker.eof:
        raise _broken_gzip()
    return plain


def too_large() -> ApiError:
    """The refusal of a body larger than LARGEST_BODY."""
    return ApiError(413, "too_large", f"The body is larger than {LARGEST_BODY:,} bytes. Send it in parts.")


def _refuse_many_parts(raw: bytes) -> None:
    """Ten megabytes of `{},` would be three hundred in memory, and come as ten kilobytes of gzip."""
    if sum(raw.count(separator) for separator in SEPARATORS) > MOST_PARTS:
        text = f"The JSON has more than {MOST_PARTS:,} parts. Send it in several calls."
        raise ApiError(413, "too_large", text)


def _broken_gzip() -> ApiError:
    return ApiError(400, "broken_gzip", "The gzip body is broken or cut short. Pack it again.")


def _whole(found: Any, raw: bytes) -> Any:
    """What was found, unless it holds half of a character: no database takes that, and no answer could repeat it."""
    if SURROGATE.search(raw):
        try:
            json.dumps(found, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ValueError("it holds half of a character, one of \\ud800 to \\udfff alone") from None
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not allowed, send null or leave the item out")
