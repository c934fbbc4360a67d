"""Any service that Apprise knows: Telegram, WhatsApp, ntfy and many more."""

import logging

from alerts.channels.base import Channel, ChannelError
from alerts.models import Contact, Delivery


class AppriseChannel(Channel):
    def address(self, contact: Contact) -> str:
        return contact.apprise_url

    def send(self, delivery: Delivery) -> str:
        notify(delivery.address, delivery.subject, delivery.text)
        return delivery.reference


def notify(url: str, title: str, body: str) -> None:
    """Send through Apprise, which says no more than whether it worked; why stands in its log."""
    from apprise import Apprise

    service = Apprise()
    if not service.add(url):
        raise ChannelError("Apprise does not know this address.", permanent=True)
    reasons = Reasons()
    log = logging.getLogger("apprise")
    log.addHandler(reasons)
    try:
        if not service.notify(body=body, title=title):
            raise ChannelError("; ".join(reasons.lines) or "The service refused it.", permanent=False)
    finally:
        log.removeHandler(reasons)


class Reasons(logging.Handler):
    """Collects warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
