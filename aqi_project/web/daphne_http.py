"""daphne's request class, replaced when the application is loaded, however daphne was started.

- daphne takes in a whole body, into a file, before it asks the application. This class refuses one that is too large by
  its Content-Length, or while it streams in.
- Forms are left to Django: Twisted would parse each of them as well, and refuse a broken one without a word.
- An answer that breaks off ends the connection: its reader must see that it is not whole.
"""

from __future__ import annotations

import json
from typing import Any

from daphne import http_protocol
from twisted.internet import reactor

from aqi_project.api import body
from aqi_project.api.parsers import LARGEST_BODY, too_large

LINGER = 5.0  # seconds in which what still comes is thrown away: a client that only sends would never see the answer
HEAD = (
    "HTTP/1.1 413 Content Too Large\r\nContent-Type: application/json\r\n"
    "Content-Length: {}\r\nConnection: close\r\n\r\n"
)


class Request(http_protocol.WebRequest):  # type: ignore[misc]
    """daphne's request; it takes LARGEST_BODY at most."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._came = 0
        self._is_refused = False
        super().__init__(*arguments, parsePOSTFormSubmission=False, **options)

    def gotLength(self, length: int | None) -> None:  # noqa: N802 (Twisted's name)
        super().gotLength(length)
        if length is not None and length > LARGEST_BODY:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 (Twisted's name)
        self._came += len(data)
        if self._came > LARGEST_BODY and not self._is_refused:
            self._refuse()
        if not self._is_refused:
            super().handleContentChunk(data)

    def process(self) -> Any:
        return self.channel.loseConnection() if self._is_refused else super().process()

    def handle_exception(self, exception: Exception) -> None:
        """daphne would begin a second answer, fail at that, and look after none of its connections any more."""
        if self._response_started:
            self.channel.forceAbortClient()
        else:
            super().handle_exception(exception)

    def _refuse(self) -> None:
        """Answer at once, and hang up when the body has ended or LINGER is over."""
        self._is_refused = True
        self.requestHeaders.removeHeader(b"Expect")  # or Twisted would invite the client to send
        error = too_large()
        text = json.dumps(body(error.code, error.message)).encode()
        self.channel.transport.write(HEAD.format(len(text)).encode() + text)
        reactor.callLater(LINGER, self.channel.loseConnection)


def install() -> None:
    """Let daphne use this class."""
    http_protocol.WebRequest = Request
