"""What a channel is: an address, a text, one method that sends, and one error."""

from typing import Any

from alerts.models import Contact, Delivery, Message


class ChannelError(Exception):
    """A delivery could not be sent. `permanent`: trying again would change nothing."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Channel:
    """Sends deliveries. Retries are no business of a channel: see alerts/sending/delivery.py."""

    confirms = False  # whether a sent message is known to have arrived
    is_silent = False  # whether it wakes nobody: then it waits for no morning and no digest

    def address(self, contact: Contact) -> str:
        """Where the contact wants it; empty where the contact has no (verified) address here."""
        raise NotImplementedError

    def words(self, message: Message, contact: Contact) -> dict[str, Any]:
        """`subject`, `text` and, where the channel has it, `html` or `parts`."""
        return {"subject": message.subject_in(contact.language), "text": message.text_in(contact.language)}

    def send(self, delivery: Delivery) -> str:
        """Hand it over and return the provider's identifier of it; raises ChannelError.

        A repeated call for the same delivery carries the same identifier (`delivery.reference`), so that the
        receiver can tell a repetition.
        """
        raise NotImplementedError
