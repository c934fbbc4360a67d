"""A real SMTP server on loopback that keeps what it accepted, and fails as a test tells it to."""

import socketserver
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from enum import Enum

from tests.servers.loopback import LOOPBACK, LoopbackServer, running


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
    pause: float = 0  # seconds before each letter of an answer
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ids(self) -> list[str]:
        with self.lock:
            return [str(mail["Message-ID"]) for mail in self.mails]

    def take(self, content: bytes) -> None:
        with self.lock:
            self.mails.append(message_from_bytes(content, policy=default))


class SmtpServer(LoopbackServer):
    def __init__(self, port: int, mailbox: Mailbox) -> None:
        super().__init__((LOOPBACK, port), Session)
        self.mailbox = mailbox


class Session(socketserver.StreamRequestHandler):
    """The few commands that a client needs."""

    server: SmtpServer

    def handle(self) -> None:
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
        for letter in f"{text}\r\n" if self.server.mailbox.pause else [f"{text}\r\n"]:
            time.sleep(self.server.mailbox.pause)
            self.wfile.write(letter.encode())


def smtp_server(mailbox: Mailbox | None = None, port: int = 0) -> AbstractContextManager[SmtpServer]:
    return running(SmtpServer(port, mailbox or Mailbox()))
