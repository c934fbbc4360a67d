"""A real SMTP server on loopback that keeps what it accepted, and fails as a test tells it to."""

import contextlib
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from enum import Enum


class Fate(Enum):
    """What becomes of one mail."""

    ACCEPT = "accept"
    REFUSE = "refuse for now"
    REJECT = "reject for ever"
    DROP_BEFORE = "drop the connection before accepting"
    DROP_AFTER = "accept, then drop the connection without a word"


@dataclass
class Mailbox:
    """What arrived, kept over restarts of the server."""

    mails: list[Message] = field(default_factory=list)
    fate: Callable[[], Fate] = lambda: Fate.ACCEPT
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ids(self) -> list[str]:
        with self.lock:
            return [str(mail["Message-ID"]) for mail in self.mails]

    def take(self, content: bytes) -> None:
        with self.lock:
            self.mails.append(message_from_bytes(content, policy=default))


class SmtpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, mailbox: Mailbox) -> None:
        super().__init__(("127.0.0.1", port), Session)
        self.mailbox = mailbox

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Session(socketserver.StreamRequestHandler):
    """The few commands that a client needs."""

    server: SmtpServer

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # a worker that was killed says no goodbye
            self.talk()

    def talk(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                if not self.data():
                    return None
            elif word == b"QUIT":
                return self.say("221 bye")
            else:
                self.say("250 ok")
        return None

    def data(self) -> bool:
        """Whether the connection goes on."""
        self.say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        fate = self.server.mailbox.fate()
        if fate in (Fate.ACCEPT, Fate.DROP_AFTER):
            self.server.mailbox.take(b"".join(lines))
        answer = {Fate.ACCEPT: "250 accepted", Fate.REFUSE: "451 try later", Fate.REJECT: "554 never"}.get(fate)
        if answer:
            self.say(answer)
        return answer is not None

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@contextmanager
def smtp_server(mailbox: Mailbox | None = None, port: int = 0) -> Iterator[SmtpServer]:
    server = SmtpServer(port, mailbox or Mailbox())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
