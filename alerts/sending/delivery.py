"""Sending what is in the outbox. The only place that claims, retries and gives up.

A claim is one conditional update that also says until when it holds. A worker that dies leaves its claim behind; once
that has run out, another sends the same delivery again, under the same reference.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from django.conf import settings
from django.db.models import Q, QuerySet
from pymongo import ReturnDocument

from alerts.channels import ChannelError, channel
from alerts.models import Contact, Delivery, Message
from aqi_project import clock
from aqi_project.mongo import collection

LEASE = timedelta(seconds=3 * settings.EMAIL_TIMEOUT)  # a dialogue by mail or HTTP ends after two
FIRST_WAIT = timedelta(seconds=2)
WAIT_GROWTH = 3
LONGEST_WAIT = timedelta(hours=6)
MAX_ATTEMPTS = 12  # about 17 hours in all
TIME_BUDGET = timedelta(seconds=30)  # of one task; what is left goes to the next
PATIENCE = timedelta(seconds=5)  # with one channel while others wait: no SMS waits for a dead mail server
ERROR_LENGTH = 500
TO_SEND = [Delivery.State.QUEUED.value, Delivery.State.SENDING.value]  # when their time comes
OUT = [Delivery.State.SENT.value, Delivery.State.DELIVERED.value]
log = logging.getLogger(__name__)


def send_due() -> int:
    """Send what is due until nothing is, or until the time is used up; returns how many were tried."""
    end = time.monotonic() + TIME_BUDGET.total_seconds()
    spent: defaultdict[str, float] = defaultdict(float)
    tried = 0
    while (begun := time.monotonic()) < end and (delivery := _next(spent)):
        attempt(delivery)
        spent[delivery.channel] += time.monotonic() - begun
        tried += 1
    return tried


def _next(spent: defaultdict[str, float]) -> Delivery | None:
    """What is due for longest. A channel that has used up its time lets the others go first, if any of them waits."""
    slow = [kind for kind, seconds in spent.items() if seconds > PATIENCE.total_seconds()]
    if slow:
        if other := claim(leave=slow):
            return other
        spent.clear()
    return claim()


def claim(leave: Sequence[str] = ()) -> Delivery | None:
    """Take the delivery that is due for longest; nobody else gets it before its lease runs out. `leave`: channels."""
    now = clock.now()
    mine = {"state": Delivery.State.SENDING.value, "next_attempt_at": clock.naive(now + LEASE)}
    document = collection(Delivery).find_one_and_update(
        {"state": {"$in": TO_SEND}, "next_attempt_at": {"$lte": clock.naive(now)}, "channel": {"$nin": list(leave)}},
        {"$set": mine, "$inc": {"attempts": 1}},
        sort=[("next_attempt_at", 1)],
        return_document=ReturnDocument.AFTER,
    )
    return _from_document(document) if document else None


def _from_document(document: dict[str, Any]) -> Delivery:
    values = {field.attname: document.get(field.column) for field in Delivery._meta.fields}
    return Delivery(**{name: clock.aware(v) if isinstance(v, datetime) else v for name, v in values.items()})


def attempt(delivery: Delivery) -> None:
    """Try once and write down what became of it; what no worker has survived is left alone."""
    if delivery.attempts > MAX_ATTEMPTS:
        _failed(delivery, "Whoever tried to send it died.", permanent=True)
        return
    try:
        if _is_overtaken(delivery):
            _write(delivery, state=Delivery.State.SUPERSEDED.value)
            return
        _refuse_unwanted(delivery)
        used = channel(delivery.channel)
        provider_id = used.send(delivery)
    except ChannelError as error:
        _failed(delivery, str(error), permanent=error.permanent)
    except Exception as error:  # whatever is wrong with one delivery must not hold up the others
        log.exception("Delivery %s", delivery.reference)
        _failed(delivery, f"{type(error).__name__}: {error}", permanent=False)
    else:
        now = clock.naive(clock.now())
        state = Delivery.State.DELIVERED if used.confirms else Delivery.State.SENT
        arrived = {"delivered_at": now} if used.confirms else {}
        _write(delivery, state=state.value, provider_id=provider_id, sent_at=now, error="", **arrived)


def _is_overtaken(delivery: Delivery) -> bool:
    """Whether more has happened: after "over" nobody is to read that it began, after a new beginning that it ended.

    Nor is an earlier state read after a later one.
    """
    if delivery.kind in (Message.Kind.ALERT, Message.Kind.UPDATE):
        same = Message.objects.filter(alert=delivery.alert)
        return same.filter(kind=Message.Kind.CANCEL).exists() or _knows_later(delivery, same)
    waited = delivery.kind == Message.Kind.CANCEL and not channel(delivery.channel).is_silent
    return waited and _has_begun_anew(delivery)


def _knows_later(delivery: Delivery, same: QuerySet[Message]) -> bool:
    """Whether a later message of the alert has gone to the contact there, or goes now: what waited for long is old."""
    mine = same.filter(identifier=delivery.message).values_list("number", flat=True).first()
    if mine is None:
        return False
    told = _to_the_same(delivery, same.filter(number__gt=mine))
    due = Q(state=Delivery.State.QUEUED, next_attempt_at__lte=clock.now())
    return told.filter(due | Q(state__in=[Delivery.State.SENDING, *OUT])).exists()


def _has_begun_anew(delivery: Delivery) -> bool:
    """Whether the contact has read meanwhile of the next alert by the same rule in the same place."""
    over = Message.objects.filter(identifier=delivery.message).first()
    if over is None:
        return False
    same = Message.objects.filter(rule=over.rule, place=over.place, kind=Message.Kind.ALERT)
    return _to_the_same(delivery, same.filter(created_at__gt=over.created_at)).filter(state__in=OUT).exists()


def _to_the_same(delivery: Delivery, messages: QuerySet[Message]) -> QuerySet[Delivery]:
    """What of these messages goes to the same contact by the same channel."""
    told = list(messages.values_list("identifier", flat=True))
    return Delivery.objects.filter(message__in=told, contact=delivery.contact, channel=delivery.channel)


def _refuse_unwanted(delivery: Delivery) -> None:
    """What waited for a morning or a digest may have become unwanted. Questions to strangers belong to no contact."""
    if not delivery.contact or delivery.kind == Message.Kind.TEST:
        return
    if not Contact.objects.filter(uid=delivery.contact, is_active=True).exists():
        raise ChannelError("The contact was switched off or is gone.", permanent=True)


def _failed(delivery: Delivery, reason: str, *, permanent: bool) -> None:
    if permanent or delivery.attempts >= MAX_ATTEMPTS:
        _write(delivery, state=Delivery.State.FAILED.value, error=reason[:ERROR_LENGTH])
        return
    due = clock.naive(clock.now() + wait_after(delivery.attempts))
    _write(delivery, state=Delivery.State.QUEUED.value, error=reason[:ERROR_LENGTH], next_attempt_at=due)


def wait_after(attempts: int) -> timedelta:
    """How long after the n-th failed attempt the next one is due."""
    return min(FIRST_WAIT * WAIT_GROWTH ** (attempts - 1), LONGEST_WAIT)


def _write(delivery: Delivery, **values: Any) -> None:
    """Write the outcome, unless another worker has taken it over meanwhile."""
    mine = {"_id": ObjectId(str(delivery.pk)), "attempts": delivery.attempts, "state": Delivery.State.SENDING.value}
    collection(Delivery).update_one(mine, {"$set": values})


def is_any_due() -> bool:
    return Delivery.objects.filter(state__in=TO_SEND, next_attempt_at__lte=clock.now()).exists()
