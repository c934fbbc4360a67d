"""A real HTTP server on loopback that plays an SMS gateway or a webhook's receiver, and keeps what it accepted."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

ACCEPTED = 201
DROP_BEFORE, DROP_AFTER = -1, -2  # instead of a status: hang up before or after accepting


@dataclass(frozen=True)
class Accepted:
    path: str
    headers: dict[str, str]
    body: str

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body).items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Intake:
    """What arrived, kept over restarts of the server."""

    accepted: list[Accepted] = field(default_factory=list)
    fate: Callable[[], int] = lambda: ACCEPTED
    answer: dict[str, Any] = field(default_factory=lambda: {"sid": "SM1"})
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keys(self) -> list[str]:
        with self.lock:
            return [request.headers["idempotency-key"] for request in self.accepted]


class GatewayServer(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, intake: Intake) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.intake = intake

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A worker that was killed says no goodbye."""


class Handler(BaseHTTPRequestHandler):
    server: GatewayServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        intake = self.server.intake
        fate = intake.fate()
        if fate in (ACCEPTED, DROP_AFTER):
            headers = {name.lower(): value for name, value in self.headers.items()}
            with intake.lock:
                intake.accepted.append(Accepted(self.path, headers, body))
        if fate < 0:
            return
        payload = json.dumps(intake.answer if fate == ACCEPTED else {"message": "no"}).encode()
        self.send_response(fate)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """A test's output is its own."""


@contextmanager
def gateway(intake: Intake | None = None, port: int = 0) -> Iterator[GatewayServer]:
    server = GatewayServer(port, intake or Intake())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
