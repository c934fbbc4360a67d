"""A real HTTP server on loopback that plays a provider, well or badly, as a test tells it to."""

import json
import threading
import time
from collections import defaultdict, deque
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.servers.loopback import LOOPBACK, LoopbackServer, running


@dataclass(frozen=True)
class Answer:
    """What to send: `delay` seconds before it, `drip` seconds between its bytes, `broken` closes half way."""

    body: Any = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    broken: bool = False

    @property
    def payload(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass(frozen=True)
class Asked:
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    at: float


class ProviderServer(LoopbackServer):
    """Answers each path from its own queue; the last answer of a queue is repeated for ever."""

    def __init__(self, address: str) -> None:
        super().__init__((address, 0), Handler)
        self.answers: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self.asked: list[Asked] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.lock = threading.Lock()

    def will(self, path: str, *answers: Answer) -> None:
        self.answers[path] = deque(answers)

    def next_answer(self, path: str) -> Answer:
        with self.lock:
            queue = self.answers[path]
            if not queue:
                return Answer({"message": f"nothing at {path}"}, status=404)
            return queue.popleft() if len(queue) > 1 else queue[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ProviderServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        with self.server.lock:
            self.server.in_flight += 1
            self.server.most_in_flight = max(self.server.most_in_flight, self.server.in_flight)
            asked = Asked(parts.path, dict(parse_qsl(parts.query)), dict(self.headers), time.monotonic())
            self.server.asked.append(asked)
        try:
            self._send(self.server.next_answer(parts.path))
        finally:
            with self.server.lock:
                self.server.in_flight -= 1

    def _send(self, answer: Answer) -> None:
        time.sleep(answer.delay)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.payload)))
        self.end_headers()
        self._send_body(answer)

    def _send_body(self, answer: Answer) -> None:
        body = answer.payload[: len(answer.payload) // 2] if answer.broken else answer.payload
        if not answer.drip:
            self.wfile.write(body)
        for byte in body if answer.drip else b"":
            self.wfile.write(bytes([byte]))
            time.sleep(answer.drip)
        self.close_connection = answer.broken

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Tests speak for themselves."""


def provider_server(address: str = LOOPBACK) -> AbstractContextManager[ProviderServer]:
    return running(ProviderServer(address))
