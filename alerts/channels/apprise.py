"""Any service that Apprise knows: Telegram, WhatsApp, ntfy and many more."""

import re

from django.conf import settings

from alerts.channels.base import Channel, ChannelError
from alerts.channels.http import is_permanent
from alerts.channels.mail import DIALOGUE
from alerts.models import Contact, Delivery

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
    """Send through Apprise, for no longer than a dialogue by mail may take: a service's own timeout bounds each wait
    alone. What is given up goes on in a thread of Apprise's."""
    from apprise import Apprise, AppriseResultStatus

    service = Apprise()
    if not service.add(url):
        raise ChannelError("Apprise does not know this address.", permanent=True)
    result = service.notify(body, title, timeout=DIALOGUE * settings.EMAIL_TIMEOUT)
    if result.status == AppriseResultStatus.TIMEOUT:
        raise ChannelError("The service took too long.", permanent=False)
    if not result:
        said = "; ".join(entry.message for entry in result.logs())  # its log's warnings, where the reasons stand
        raise ChannelError(said or "The service refused it.", permanent=_is_permanent(said))


def _is_permanent(said: str) -> bool:
    """By the status that Apprise's services write into what they say, where there was an answer at all."""
    statuses = re.findall(STATUS, said)
    return bool(statuses) and all(is_permanent(int(status), signed_in=True) for status in statuses)
