"""A test message to one contact through every channel that it has."""

from alerts.channels import CHANNELS
from alerts.models import Contact, Message
from alerts.sending import outbox
from aqi_project import clock

TEST = {
    "subject_en": "Test: nothing has happened",
    "subject_ur": "آزمائش: کچھ نہیں ہوا",
    "text_en": "This is a test of your address.",
    "text_ur": "یہ آپ کے پتے کی آزمائش ہے۔",
}


def send(contact: Contact) -> int:
    """Put it into the outbox; returns how many channels it takes."""
    message = Message.objects.create(kind=Message.Kind.TEST, queued_at=clock.now(), **TEST)
    written = outbox.write_deliveries(message, {contact.uid: (contact, set(CHANNELS))})
    outbox.send_soon()
    return written
