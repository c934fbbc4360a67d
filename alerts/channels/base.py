"""What a channel is: one method that sends, and one error."""

from alerts.models import Contact, Delivery


class ChannelError(Exception):
    """A delivery could not be sent. `permanent`: trying again would change nothing."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Channel:
    """Sends deliveries. Retries are no business of a channel: see alerts/sending/delivery.py."""

    confirms = False  # whether a sent message is known to have arrived

    def address(self, contact: Contact) -> str:
        """Where the contact wants it; empty where the contact has no (verified) address here."""
        raise NotImplementedError

    def send(self, delivery: Delivery) -> str:
        """Hand it over and return the provider's identifier of it; raises ChannelError.

        A repeated call for the same delivery carries the same identifier (`delivery.reference`), so that the
        receiver can tell a repetition.
        """
        raise NotImplementedError
