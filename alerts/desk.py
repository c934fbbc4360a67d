"""An officer's desk beside the inbox: remarks on alerts, silences, and the log of what was sent to whom."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from alerts.models import Alert, Comment, Delivery, Silence
from alerts.places import place_of
from aqi_project import clock

LOG_LENGTH = 100  # rows on the page; the file to download has all
COLUMNS = ("created_at", "kind", "recipient", "channel", "subject", "state", "attempts", "sent_at", "delivered_at",
           "error")  # fmt: skip
SHOWN_LETTERS = 2  # of an address, so that officers can tell two citizens apart


def comment(alert: Alert, text: str, by: str) -> Comment:
    return Comment.objects.create(alert=alert.identifier, text=text, by=by)


def comments_on(alerts: Iterable[Alert]) -> dict[str, list[Comment]]:
    """By the alert's identifier, oldest first."""
    found: dict[str, list[Comment]] = {}
    for one in Comment.objects.filter(alert__in=[alert.identifier for alert in alerts]):
        found.setdefault(one.alert, []).append(one)
    return found


def silence(alert: Alert, hours: int, reason: str, by: str) -> Silence:
    """Its rule says nothing more about its place for so long, unless it becomes extreme."""
    ends = clock.now() + timedelta(hours=hours)
    return Silence.objects.create(rule=alert.rule, place=alert.place, ends_at=ends, reason=reason, created_by=by)


def silences_on(alerts: Collection[Alert]) -> dict[str, Silence]:
    """By the alert's identifier: the one on its rule, and on its place or the city around it, that lasts longest."""
    now = clock.now()
    lasting = list(Silence.objects.filter(starts_at__lte=now, ends_at__gt=now).order_by("ends_at"))
    if not lasting:
        return {}
    keys = {place: place_of(place).keys for place in {alert.place for alert in alerts}}
    return {
        alert.identifier: one for alert in alerts for one in lasting if one.covers(alert.rule, keys[alert.place], now)
    }


def log(state: str = "") -> QuerySet[Delivery]:
    """Deliveries, newest first; `state` one of Delivery.State, or empty for all."""
    found = Delivery.objects.order_by("-created_at")
    return found.filter(state=state) if state in Delivery.State.values else found


def log_row(delivery: Delivery) -> list[Any]:
    """The values of COLUMNS. No text, and of a citizen's address only enough to tell it from others."""
    row = {name: getattr(delivery, name) for name in COLUMNS}
    shown = {"recipient": recipient(delivery), "subject": subject(delivery), "error": error(delivery)}
    return list({**row, **shown}.values())


def subject(delivery: Delivery) -> str:
    """An SMS has none: its first line, which is that of the alert. What is about no alert may be somebody's code."""
    return delivery.subject or (delivery.text.partition("\n")[0] if delivery.alert else "")


def recipient(delivery: Delivery) -> str:
    """The contact's name, where it had one and not an address in its place."""
    named = delivery.recipient not in ("", delivery.address)
    return delivery.recipient if named else masked(delivery.address)


def error(delivery: Delivery) -> str:
    """Mail servers repeat the address that they refuse."""
    return delivery.error.replace(delivery.address, masked(delivery.address)) if delivery.address else delivery.error


def masked(address: str) -> str:
    """“ay…@example.org”, “+9…567”"""
    name, at, domain = address.partition("@")
    return f"{name[:SHOWN_LETTERS]}…{at}{domain}" if at else f"{address[:SHOWN_LETTERS]}…{address[-3:]}"
