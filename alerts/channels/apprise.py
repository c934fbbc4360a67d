"""Any service that Apprise knows: Telegram, WhatsApp, ntfy and many more."""

import logging
import re
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from threading import Thread

from django.conf import settings

from alerts.channels.base import Channel, ChannelError
from alerts.channels.http import is_permanent
from alerts.models import Contact, Delivery
from alerts.sending.mail import DIALOGUE

STATUS = r"\berror=(\d{3})\b"


class AppriseChannel(Channel):
    def address(self, contact: Contact) -> str:
        return contact.apprise_url

    def send(self, delivery: Delivery) -> str:
        notify(delivery.address, delivery.subject, delivery.text)
        return delivery.reference


def is_known(url: str) -> bool:
    """Whether Apprise can read the address. Nobody is asked over the network."""
    from apprise import Apprise

    return bool(Apprise().add(url))


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
        if not _in_time(partial(service.notify, body=body, title=title)):
            said = "; ".join(reasons.lines)
            raise ChannelError(said or "The service refused it.", permanent=_is_permanent(said))
    finally:
        log.removeHandler(reasons)


def _in_time(ask: Callable[[], bool | None]) -> bool | None:
    """What it answers, as long as that takes no longer than a dialogue by mail may: Apprise bounds each wait alone."""
    answer: Future[bool | None] = Future()

    def work() -> None:
        try:
            answer.set_result(ask())
        except Exception as error:  # noqa: BLE001 (raised again by whoever asks for the answer)
            answer.set_exception(error)

    Thread(target=work, daemon=True).start()
    try:
        return answer.result(DIALOGUE * settings.EMAIL_TIMEOUT)
    except TimeoutError as error:
        raise ChannelError("The service took too long.", permanent=False) from error


def _is_permanent(said: str) -> bool:
    """By the status that Apprise's services write into what they say, where there was an answer at all."""
    statuses = re.findall(STATUS, said)
    return bool(statuses) and all(is_permanent(int(status), signed_in=True) for status in statuses)


class Reasons(logging.Handler):
    """Collects warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
