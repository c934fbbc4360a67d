"""Mail of a development machine: shown on the console and kept as files that any mail program opens."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

UNSAFE = re.compile(r"[^A-Za-z0-9._@-]+")


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
