"""Background work of alerts. Each task may run twice, in parallel, and die anywhere."""

from alerts import engine, escalation, events, retention
from alerts.models import Rule
from alerts.models.alert import open_slot
from alerts.people import ratelimit
from alerts.places import places_of
from alerts.sending import delivery, digest, outbox
from aqi_project.try_each import try_each


def process_events() -> int:
    """Take in what detection changed, and tell whom it concerns."""
    seen = events.process()
    send_out()
    return seen


def evaluate_rules(station: str = "") -> int:
    """Look with every rule, at the places of one station or at all; returns how many messages came of it."""
    open_before = [] if station else engine.open_alerts()
    pairs = [(rule, place) for rule in Rule.active() for place in places_of(rule, station)]
    said = sum(try_each(pairs, lambda pair: engine.evaluate(*pair) is not None))
    said += engine.retire_unwatched(open_before, {open_slot(rule.slug, place.key) for rule, place in pairs})
    escalation.escalate_due()
    send_out()
    return said


def deliver() -> int:
    """Send what is due, forget what is old; returns how many deliveries were tried."""
    outbox.queue_messages()
    digest.send_digests()
    tried = delivery.send_due()
    ratelimit.forget_old()
    retention.forget_old()
    if delivery.is_any_due():
        outbox.send_soon()
    return tried


def send_out() -> None:
    """Write the deliveries of new messages and have them sent."""
    if outbox.queue_messages():
        outbox.send_soon()
