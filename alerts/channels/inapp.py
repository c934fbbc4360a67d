"""The inbox: the delivery's row is the message, and a change stream takes it to the open pages."""

from alerts.channels.base import Channel
from alerts.models import Contact, Delivery


class InAppChannel(Channel):
    confirms = is_silent = True

    def address(self, contact: Contact) -> str:
        return contact.user.get_username() if contact.user else ""

    def send(self, delivery: Delivery) -> str:
        return delivery.reference
