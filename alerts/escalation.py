"""What nobody takes on in time goes to the next contacts.

Each change raises the alert's revision: the engine, which writes all of an alert, then looks again and undoes nothing.
"""

from django.db.models import F, Max

from alerts.machine import Say, State
from alerts.models import Alert, Contact, Message, Rule, Subscription
from alerts.sending import outbox
from aqi_project import clock
from aqi_project.each import each

UNSETTLED = (State.FIRING, State.NO_DATA, State.ERROR)  # what recovers by itself draws nobody else in


def escalate_due() -> int:
    """Tell the next step of each alert that was not acknowledged in time; returns how many alerts that were."""
    waiting = Alert.objects.filter(escalate_at__lte=clock.now(), acknowledged_at=None, state__in=UNSETTLED)
    return sum(each(waiting, _escalate))


def _escalate(alert: Alert) -> bool:
    """Deliveries first, the new step after them: who dies in between writes the same rows again.

    A contact whose row cannot be made keeps no later step from being told: it is left to the outbox.
    """
    rule = Rule.objects.filter(slug=alert.rule).first()
    newest = Message.objects.filter(alert=alert.identifier).exclude(kind=Say.CANCEL).order_by("-number").first()
    if newest and not newest.muted_by:
        try:
            outbox.write_deliveries(newest, outbox.recipients(newest, step=alert.step + 1))
        except outbox.NotMadeError:
            outbox.reopen(newest)
    more = alert.step + 1 < last_step() and rule and rule.acknowledge_within
    due = clock.now() + rule.acknowledge_within if more and rule else None
    mine = Alert.objects.filter(identifier=alert.identifier, step=alert.step, acknowledged_at=None)
    return mine.update(step=alert.step + 1, escalate_at=due, revision=F("revision") + 1) == 1


def last_step() -> int:
    return int(Subscription.objects.filter(is_active=True).aggregate(last=Max("step"))["last"] or 0)


def acknowledge(identifier: str, by: str) -> bool:
    """Note that somebody takes the alert on; False where somebody else already has, or it is over."""
    free = Alert.objects.filter(identifier=identifier, acknowledged_at=None).exclude(fired_at=None)
    taken = {"acknowledged_at": clock.now(), "acknowledged_by": by, "escalate_at": None, "revision": F("revision") + 1}
    return free.exclude(state=State.RESOLVED).update(**taken) == 1


def name_of(contact: str) -> str:
    found = Contact.objects.filter(uid=contact).first()
    return str(found) if found else contact
