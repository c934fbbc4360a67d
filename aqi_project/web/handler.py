"""How HTTP reaches Django: each request runs from its first to its last line in one thread of a pool that stays.

Django's own ASGI handler changes threads for nearly every middleware and starts new ones for each request, which costs
more than our views do. All our views are synchronous; sockets have their own asynchronous path (see asgi.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from os import SEEK_END
from tempfile import SpooledTemporaryFile
from typing import Any

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import HttpResponseBase
from django.urls import set_script_prefix

THREADS = 16  # requests at once in one process; more wait their turn

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Handler(ASGIHandler):
    """An ASGI application for HTTP."""

    def __init__(self) -> None:
        super(ASGIHandler, self).__init__()
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        response = await self._in_thread(self._respond, scope, body)
        if response.streaming:
            await self._stream(response, receive, send)
        else:
            await self.send_response(response, send)

    async def _in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *arguments))

    def _respond(self, scope: Scope, body: SpooledTemporaryFile[bytes]) -> HttpResponseBase:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        if request is not None:
            request.META.setdefault("CONTENT_LENGTH", str(_size(body)))  # a chunked body has none, and would be no body
        response = refusal if request is None else BaseHandler.get_response(self, request)
        response._handler_class = self.__class__
        if scope["method"] == "HEAD":
            _leave_out_the_body(response)
        if not response.streaming:
            response.close()
            body.close()
        return response

    async def _stream(self, response: Any, receive: Receive, send: Send) -> None:
        """Send what a generator yields, as it yields it, until the client has gone."""
        if not response.is_async:
            response.streaming_content = self._parts(iter(response.streaming_content))
        sending = asyncio.ensure_future(self.send_response(response, send))
        leaving = asyncio.ensure_future(receive())
        await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        for task in (sending, leaving):
            task.cancel()
        broken, _ = await asyncio.gather(sending, leaving, return_exceptions=True)
        await self._in_thread(response.close)
        if isinstance(broken, Exception):
            raise broken  # the server, which waits for the rest, hangs up (daphne_http.py)

    async def _parts(self, parts: Iterator[bytes]) -> AsyncIterator[bytes]:
        while (part := await self._in_thread(next, parts, None)) is not None:
            yield part


def _leave_out_the_body(response: Any) -> None:
    """Its length stays in the head. daphne holds back a body's first part alone: the rest began the next answer."""
    if response.streaming:
        response.streaming_content = ()
    else:
        response.content = b""


def _size(body: SpooledTemporaryFile[bytes]) -> int:
    size = body.seek(0, SEEK_END)
    body.seek(0)
    return size
