"""Judging an HTTP answer: JSON, or a ProviderError that tells a person what to do."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from ingestion.providers.base import Source
from ingestion.providers.errors import Kind, ProviderError

QUOTED = 160  # characters of the provider's own words that a sentence quotes
LONGEST_PAUSE = 86_400.0  # seconds
OWN_WORDS = ("message", "reason", "detail", "error", "cod")  # where providers put an explanation
NOT_JSON = (ValueError, RecursionError)  # broken, or nested deeper than anything that somebody means
KINDS: dict[int, Kind] = {
    HTTPStatus.UNAUTHORIZED: Kind.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN: Kind.UNAUTHORIZED,
    HTTPStatus.REQUEST_TIMEOUT: Kind.TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS: Kind.RATE_LIMITED,
}


def read(source: Source, response: httpx.Response, body: bytes) -> Any:
    """The answer's JSON value; ProviderError for any status but 200 and for a `body` that is not JSON."""
    if response.status_code == HTTPStatus.OK:
        return _decoded(source, body)
    kind = KINDS.get(response.status_code, _kind_of_class(response.status_code))
    sentence = _sentence(source, kind, response, body)
    raise ProviderError(kind, source.name, sentence, retry_after=retry_after(response, datetime.now(UTC)))


def retry_after(response: httpx.Response, now: datetime) -> float | None:
    """Seconds the provider asks to wait: Retry-After in either form, or OpenAQ's x-ratelimit-reset.

    LONGEST_PAUSE at most: a larger number must be milliseconds or a point in time.
    """
    asked = response.headers.get("retry-after") or response.headers.get("x-ratelimit-reset")
    if asked is None:
        return None
    try:
        seconds: float | None = max(0.0, float(asked))
    except ValueError:
        seconds = _until(asked, now)
    return seconds if seconds is None else min(seconds, LONGEST_PAUSE)


def _until(date: str, now: datetime) -> float | None:
    try:
        return max(0.0, (parsedate_to_datetime(date) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _kind_of_class(status: int) -> Kind:
    return Kind.REFUSED if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR else Kind.UNAVAILABLE


def _decoded(source: Source, body: bytes) -> Any:
    try:
        return json.loads(body)
    except NOT_JSON:
        start = body[:200].lstrip().lower()
        is_page = start.startswith((b"<!doctype", b"<html"))
        what = "a web page in place of data" if is_page else "data that breaks off or is no JSON"
        hint = "Check the network for a login page and the base URL." if is_page else "It is asked again."
        raise ProviderError(Kind.MALFORMED, source.name, f"{source.label} sent {what}. {hint}") from None


def _sentence(source: Source, kind: Kind, response: httpx.Response, body: bytes) -> str:
    status = response.status_code
    if kind is Kind.UNAUTHORIZED:
        return f"{source.label} does not accept the key ({status}). {_where_the_key_is(source)}"
    if kind is Kind.RATE_LIMITED:
        return f"{source.label} says that it was asked too often ({status}); it is asked again later."
    if kind is Kind.REFUSED:
        words = _own_words(body)
        return f"{source.label} refuses the request ({status}{words}). Check the station's reference."
    if response.is_redirect:
        return f"{source.label} answers from another address ({status}). Check its base URL in the settings."
    return f"{source.label} does not work at the moment ({status}); it is asked again later."


def _where_the_key_is(source: Source) -> str:
    if source.key_setting:
        return f"Check the setting {source.key_setting}."
    return "No key is needed there: check the base URL in the settings."


def _own_words(body: bytes) -> str:
    try:
        answer = json.loads(body)
    except NOT_JSON:
        return ""
    words = next((answer[name] for name in OWN_WORDS if answer.get(name)), "") if isinstance(answer, dict) else ""
    return f": {str(words)[:QUOTED]}" if words else ""
