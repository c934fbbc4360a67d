"""Django's mail backends: a mail server whose dialogue has an end, and what a development machine has instead."""

import re
import smtplib
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import Timer
from time import monotonic

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

DIALOGUE = 2  # times the timeout of one step; a claim of delivery.py holds longer
UNSAFE = re.compile(r"[^A-Za-z0-9._@-]+")


class Timed(smtplib.SMTP):
    """A dialogue that is cut when its time is over, whatever step it is at.

    A timeout bounds one wait of a step, and a server may make us wait often. What outlasts the claim of its delivery
    would be sent by another worker as well.
    """

    _watch: Timer | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket:
        """Watched from before any TLS on, through a second handle on the connection, which TLS leaves alone."""
        end = monotonic() + DIALOGUE * timeout
        connection: socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._line = connection.dup()
        self._watch = Timer(end - monotonic(), _cut, [self._line])
        self._watch.daemon = True
        self._watch.start()
        return connection

    def close(self) -> None:
        super().close()
        if self._watch:
            self._watch.cancel()
            self._line.close()


class TimedTls(smtplib.SMTP_SSL, Timed):
    """The same, encrypted from the first byte on."""


def _cut(line: socket) -> None:
    with suppress(OSError), line:  # it may be over already
        line.shutdown(SHUT_RDWR)


class SmtpBackend(EmailBackend):
    """Django's, with such dialogues."""

    @property
    def connection_class(self) -> type[Timed]:
        return TimedTls if self.use_ssl else Timed


class DevelopmentBackend(BaseEmailBackend):
    """Writes each mail to EMAIL_FILE_PATH under its Message-ID: sent again, it overwrites itself."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            mail = message.message()
            name = UNSAFE.sub("_", str(mail["Message-ID"]).strip("<>"))
            draft = folder / f".{name}"
            draft.write_bytes(mail.as_bytes(linesep="\r\n"))
            draft.replace(folder / f"{name}.eml")
            sys.stdout.write(f"Mail to {', '.join(message.to)}: {message.subject}\n{message.body}\n\n")
        return len(email_messages)
