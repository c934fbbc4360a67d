"""What an officer's inbox holds, and how quickly alerts were told and taken on."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Min, QuerySet

from alerts import desk
from alerts.models import Alert, Comment, Contact, Delivery, Silence
from alerts.state_machine import State
from aqi_project import clock

AGENCY = "agency"  # the group of officers
LENGTH = 50  # messages on the page
MEASURED = timedelta(days=30)


@dataclass(frozen=True)
class Item:
    """A message and what became of its alert."""

    delivery: Delivery
    alert: Alert | None
    comments: list[Comment]
    silence: Silence | None = None

    @property
    def can_acknowledge(self) -> bool:
        alert = self.alert
        return bool(alert and alert.fired_at and not alert.acknowledged_at and alert.state != State.RESOLVED)


def is_officer(user: AbstractBaseUser | AnonymousUser) -> bool:
    return bool(user.is_authenticated and (user.is_superuser or user.groups.filter(name=AGENCY).exists()))


def contacts_of(user: AbstractBaseUser | AnonymousUser) -> set[str]:
    """The contacts whose messages an officer reads; none for anybody else."""
    return set(Contact.objects.filter(user=user).values_list("uid", flat=True)) if is_officer(user) else set()


def zone_of(user: AbstractBaseUser | AnonymousUser) -> str:
    """The officer's time zone, for times on pages; a contact's usual one for who has none."""
    found = Contact.objects.filter(user=user).first() or Contact()
    return found.timezone


def items(contacts: set[str], length: int, skip: int = 0) -> list[Item]:
    """So many, newest first, without the `skip` newest."""
    mine = Delivery.objects.filter(contact__in=list(contacts), channel="inapp")
    rows = list(mine.order_by("-created_at")[skip : skip + length])
    alerts = {alert.identifier: alert for alert in Alert.objects.filter(identifier__in=[row.alert for row in rows])}
    comments = desk.comments_on(alerts.values())
    silences = desk.silences_on(alerts.values())
    return [Item(row, alerts.get(row.alert), comments.get(row.alert, []), silences.get(row.alert)) for row in rows]


def unread(contacts: set[str]) -> int:
    return int(_unread(contacts).count())


def mark_read(contacts: set[str], reference: str) -> None:
    _unread(contacts).filter(reference=reference).update(read_at=clock.now())


def mark_all_read(contacts: set[str], newest: str) -> None:
    """All up to the message `newest`, those that no page shows any more too: what came since has not been seen."""
    seen = Delivery.objects.filter(contact__in=list(contacts), channel="inapp", reference=newest).first()
    if seen:
        _unread(contacts).filter(created_at__lte=seen.created_at).update(read_at=clock.now())


def _unread(contacts: set[str]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(contact__in=list(contacts), channel="inapp", read_at=None)


def measures() -> dict[str, timedelta | None]:
    """Medians over the last 30 days: from firing to the first message out, and to somebody taking it on."""
    alerts = Alert.objects.filter(fired_at__gte=clock.now() - MEASURED)
    known = list(alerts.values_list("identifier", "fired_at", "acknowledged_at"))
    fired = {identifier: at for identifier, at, _ in known}
    sent = Delivery.objects.filter(alert__in=list(fired), kind="alert", sent_at__isnull=False)
    first = sent.values_list("alert").annotate(Min("sent_at"))
    return {
        "notify": _median([at - fired[alert] for alert, at in first]),
        "acknowledge": _median([taken - at for _, at, taken in known if taken]),
    }


def _median(spans: list[timedelta]) -> timedelta | None:
    return median(spans) if spans else None
