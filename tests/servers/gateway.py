"""A real HTTP server on loopback that plays an SMS gateway or a webhook's receiver, and keeps what it accepted."""

import json
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

from tests.servers.loopback import LOOPBACK, LoopbackServer, running

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


class GatewayServer(LoopbackServer):
    def __init__(self, port: int, intake: Intake) -> None:
        super().__init__((LOOPBACK, port), Handler)
        self.intake = intake


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


def gateway(intake: Intake | None = None, port: int = 0) -> AbstractContextManager[GatewayServer]:
    return running(GatewayServer(port, intake or Intake()))
