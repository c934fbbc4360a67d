"""Log lines: one an event, with the request or task that it belongs to, and never a secret.

People read lines, machines read JSON: the settings choose. Whoever asks for a request's id finds it in X-Request-ID.
"""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)
HEADER = "X-Request-ID"
SOUND_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
HIDDEN = "[hidden]"
SHORTEST = 6  # characters of a secret: shorter ones would hide ordinary words
PATTERNS = (  # what looks like a secret, wherever it came from
    (re.compile(r"(://[^/\s:@]*:)[^/\s@]+(@)"), rf"\1{HIDDEN}\2"),  # the password of an address
    (re.compile(r"\baqi_[0-9a-f]{8}_[\w-]+"), HIDDEN),  # our own API keys
    (re.compile(r"(?i)\b(bearer\s+|appid=|api_?key=|token=|password=)[^\s&\"',]+"), rf"\1{HIDDEN}"),
)
request_id: ContextVar[str] = ContextVar("request_id", default="")
task_id: ContextVar[str] = ContextVar("task_id", default="")
task_began: ContextVar[float] = ContextVar("task_began", default=0.0)

View = Callable[[HttpRequest], HttpResponse]


def secrets() -> list[str]:
    """The values of settings that must not be written anywhere, the longest first."""
    addresses = [urlsplit(settings.MONGODB_URI).password, urlsplit(settings.SMS_URL).password]
    keys = [getattr(settings, name) for name in dir(settings) if name.endswith("_API_KEY")]
    named = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, *keys]
    found = {*named, *addresses, *(unquote(one) for one in addresses if one), settings.EMAIL_HOST_PASSWORD}
    return sorted((one for one in found if one and len(one) >= SHORTEST), key=len, reverse=True)


def without_secrets(text: str, known: Iterable[str]) -> str:
    for secret in known:
        text = text.replace(secret, HIDDEN)
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return text


class Lines(logging.Formatter):
    """For people: time, level, logger, message, ids."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets: list[str] | None = None

    def format(self, record: logging.LogRecord) -> str:
        ids = " ".join(f"{name}={value}" for name, value in _ids().items())
        return self.hide(super().format(record) + (f"  [{ids}]" if ids else ""))

    def hide(self, text: str) -> str:
        if self._secrets is None:  # not before the settings are complete
            self._secrets = secrets()
        return without_secrets(text, self._secrets)


class JsonLines(Lines):
    """For machines: one JSON object a line, tracebacks inside of it."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        event: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "logger": record.name}
        event |= {"message": self.hide(record.getMessage()), **_ids(), **getattr(record, "facts", {})}
        if record.exc_info:
            event["exception"] = self.hide(self.formatException(record.exc_info))
        return json.dumps(event, ensure_ascii=False, default=str)


def _ids() -> dict[str, str]:
    ids = {"request": request_id.get(), "task": task_id.get()}
    return {name: value for name, value in ids.items() if value}


def request_log(get_response: View) -> View:
    """Middleware: an id for each request, the proxy's where there is one, and a line when it is answered.

    The line has the address's pattern and not the address, because links in mails hold tokens.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        context = request_id.set(_id_of(request))
        began = time.perf_counter()
        try:
            response = get_response(request)
            response.headers[HEADER] = request_id.get()
            _note(request, response.status_code, time.perf_counter() - began)
            return response
        finally:
            request_id.reset(context)

    return respond


def _id_of(request: HttpRequest) -> str:
    given = request.headers.get(HEADER, "") if settings.REST_FRAMEWORK["NUM_PROXIES"] else ""
    return given if SOUND_ID.fullmatch(given) else uuid.uuid4().hex


def _note(request: HttpRequest, status: int, seconds: float) -> None:
    match = request.resolver_match
    facts = {"method": request.method, "route": match.route if match else "", "status": status}
    facts["milliseconds"] = round(seconds * 1000, 1)
    log.info("%(method)s /%(route)s %(status)s %(milliseconds)s ms", facts, extra={"facts": facts})


def begin_task(task: dict[str, Any], **rest: Any) -> None:
    """django-q2's `pre_execute`: what is logged from here on belongs to the task."""
    task_id.set(task["id"])
    task_began.set(time.perf_counter())


def end_task(task: dict[str, Any], **rest: Any) -> None:
    """django-q2's `post_execute_in_worker`: one line for each task; django-q2 itself writes a failure's traceback."""
    facts: dict[str, Any] = {"function": task["func"], "success": task.get("success", False)}
    facts["seconds"] = round(time.perf_counter() - task_began.get(), 3)
    log.info("task %(function)s %(seconds)s s", facts, extra={"facts": facts})
    task_id.set("")
