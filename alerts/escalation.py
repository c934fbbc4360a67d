"""What nobody takes on in time goes to the next contacts.

Each change raises the alert's revision: the engine, which writes all of an alert, then looks again and undoes nothing.
"""

from django.db.models import F, Max

from alerts import muting
from alerts.models import Alert, Message, Rule, Subscription
from alerts.places import place_of
from alerts.sending import outbox
from alerts.state_machine import Say, State
from aqi_project import clock
from aqi_project.try_each import try_each

UNSETTLED = (State.FIRING, State.NO_DATA, State.ERROR)  # what recovers by itself draws nobody else in


def escalate_due() -> int:
    """Tell the next step of each alert that was not acknowledged in time; returns how many alerts that were."""
    waiting = Alert.objects.filter(escalate_at__lte=clock.now(), acknowledged_at=None, state__in=UNSETTLED)
    return sum(try_each(waiting, _escalate))


def _escalate(alert: Alert) -> bool:
    """Deliveries first, the new step after them: whoever dies in between writes the same rows again.

    Nobody is drawn in who would not be told, because of a silence or an alert of the whole city: it waits until that is
    over. Where the engine says more meanwhile, the next look takes that to the next step.
    """
    rule = Rule.objects.filter(slug=alert.rule).first()
    newest = Message.objects.filter(alert=alert.identifier).exclude(kind=Say.CANCEL).order_by("-number").first()
    if newest:
        if newest.muted_by or (rule and muting.reason(rule, place_of(alert.place), alert.severity)):
            return False
        _tell(newest, alert.step + 1)
    more = alert.step + 1 < last_step() and rule and rule.acknowledge_within
    due = clock.now() + rule.acknowledge_within if more and rule else None
    mine = Alert.objects.filter(identifier=alert.identifier, revision=alert.revision)
    return mine.update(step=alert.step + 1, escalate_at=due, revision=F("revision") + 1) == 1


def _tell(message: Message, step: int) -> None:
    """A contact whose row cannot be made keeps no later step from being told: it is left to the outbox."""
    try:
        outbox.write_deliveries(message, outbox.recipients(message, step=step))
    except outbox.NotMadeError:
        outbox.reopen(message)


def last_step() -> int:
    return int(Subscription.objects.filter(is_active=True).aggregate(last=Max("step"))["last"] or 0)


def acknowledge(identifier: str, by: str) -> bool:
    """Note that somebody takes the alert on; False where somebody else already has, or it is over."""
    free = Alert.objects.filter(identifier=identifier, acknowledged_at=None).exclude(fired_at=None)
    taken = {"acknowledged_at": clock.now(), "acknowledged_by": by, "escalate_at": None, "revision": F("revision") + 1}
    return free.exclude(state=State.RESOLVED).update(**taken) == 1
