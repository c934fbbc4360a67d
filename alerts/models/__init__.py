"""What alerts store: rules, people, alerts and their messages, deliveries, silences."""

from alerts.models.alert import Alert, Message
from alerts.models.attempt import Attempt
from alerts.models.comment import Comment
from alerts.models.delivery import Delivery
from alerts.models.people import Contact, Subscription
from alerts.models.rule import Rule
from alerts.models.silence import Silence

__all__ = ["Alert", "Attempt", "Comment", "Contact", "Delivery", "Message", "Rule", "Silence", "Subscription"]
