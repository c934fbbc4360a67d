"""Taking an alert on, and what happens when nobody does."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client

from alerts import engine, escalation, links, tasks
from alerts.models import Alert, Contact, Delivery, Message, Rule, Subscription
from alerts.sending import delivery
from alerts.state_machine import State
from aqi_project import clock
from detection.models import Anomaly, Severity
from ingestion.models import Reading, Station

pytestmark = pytest.mark.django_db
LIMIT = timedelta(minutes=15)


@pytest.fixture
def chief(officer: Contact) -> Contact:
    """Is told when nobody else takes it on."""
    contact = Contact.objects.create(name="Chief", email="chief@example.org", email_verified_at=clock.now())
    Subscription.objects.create(contact=contact, step=1)
    return contact


@pytest.fixture
def alert(rule: Rule, officer: Contact, chief: Contact, happen: Callable[..., Anomaly]) -> Alert:
    Rule.objects.update(acknowledge_within=LIMIT)
    happen()
    tasks.process_events()
    delivery.send_due()
    return Alert.objects.get()


def time_is_up() -> None:
    Alert.objects.exclude(escalate_at=None).update(escalate_at=clock.now())
    tasks.evaluate_rules()
    delivery.send_due()


def link(alert: Alert, contact: Contact) -> str:
    return links.acknowledge(alert.identifier, contact.uid).removeprefix("http://localhost:8000")


def told() -> list[str]:
    return [sent.to[0] for sent in mail.outbox]


def test_the_next_contact_is_told_only_when_time_is_up(alert: Alert) -> None:
    tasks.evaluate_rules()
    assert told() == ["officer@example.org"]
    time_is_up()
    assert told() == ["officer@example.org", "chief@example.org"]


def test_nobody_is_told_twice_by_an_escalation(alert: Alert) -> None:
    for _ in range(3):
        time_is_up()
    assert told() == ["officer@example.org", "chief@example.org"]
    assert Alert.objects.get().escalate_at is None


def test_a_contact_that_cannot_be_reckoned_with_keeps_no_later_step_from_being_told(alert: Alert) -> None:
    night = {"quiet_from": time(0), "quiet_to": time(23, 59), "timezone": "No/Where"}
    odd = Contact.objects.create(name="Odd", email="odd@example.org", email_verified_at=clock.now(), **night)
    Subscription.objects.create(contact=odd, step=1)
    minister = Contact.objects.create(name="M", email="minister@example.org", email_verified_at=clock.now())
    Subscription.objects.create(contact=minister, step=2)
    time_is_up()
    time_is_up()
    assert told() == ["officer@example.org", "chief@example.org", "minister@example.org"]
    Contact.objects.update(quiet_from=None)
    tasks.deliver()
    assert told()[3:] == ["odd@example.org"]


def test_who_comes_next_is_told_though_the_station_fell_silent_meanwhile(alert: Alert, station: Station) -> None:
    Reading.objects.update(at=clock.now() - timedelta(hours=9))
    tasks.evaluate_rules()
    time_is_up()
    assert Alert.objects.get().state == State.NO_DATA
    assert told()[-1] == "chief@example.org"
    assert "no all-clear" in mail.outbox[-1].body


def test_what_was_taken_on_goes_no_further(alert: Alert, officer: Contact, client: Client) -> None:
    page = client.post(link(alert, officer)).content.decode()
    taken = Alert.objects.get().acknowledged_at.astimezone(ZoneInfo("Asia/Karachi"))
    assert f"Officer has taken it on at {taken:%-d %B, %H:%M}." in page
    assert "About twice the usual" in page
    time_is_up()
    assert told() == ["officer@example.org"]
    assert Alert.objects.get().acknowledged_by == "Officer"


@pytest.mark.parametrize("step", ["acknowledged_by", "step"])
def test_a_change_of_the_alert_at_the_same_instant_undoes_nothing(
    alert: Alert, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    write, happens = engine._write, {"acknowledged_by": lambda: escalation.acknowledge(alert.identifier, "Officer")}
    happens["step"] = lambda: escalation._escalate(alert)

    def after_something_else(*what: Any) -> Message | None:
        """The engine has read the alert, then somebody else is quicker."""
        monkeypatch.setattr(engine, "_write", write)
        happens[step]()
        return write(*what)

    monkeypatch.setattr(engine, "_write", after_something_else)
    Rule.objects.update(cooldown=timedelta(0))
    Anomaly.objects.update(severity=Severity.EXTREME, revision=2)
    tasks.process_events()
    after = Alert.objects.get()
    assert after.level == Severity.EXTREME
    assert getattr(after, step) == {"acknowledged_by": "Officer", "step": 1}[step]


def test_opening_the_link_takes_nothing_on_because_mail_scanners_open_links(
    alert: Alert, officer: Contact, client: Client
) -> None:
    assert client.get(link(alert, officer)).status_code == 200
    assert Alert.objects.get().acknowledged_at is None


def test_who_opens_a_mail_that_was_passed_on_sees_whose_link_it_is(
    alert: Alert, officer: Contact, client: Client
) -> None:
    assert (
        "This link is that of Officer, under whose name it is noted."
        in client.get(link(alert, officer)).content.decode()
    )


def test_the_link_in_the_mail_is_the_one_that_works(alert: Alert, officer: Contact) -> None:
    assert links.acknowledge(alert.identifier, officer.uid) in mail.outbox[0].body


@pytest.mark.parametrize("change", ["forged", "other"])
def test_a_forged_link_leads_nowhere(alert: Alert, officer: Contact, client: Client, change: str) -> None:
    path = link(alert, officer)
    path = f"{path}x" if change == "forged" else path.replace(alert.identifier, "0" * 32, 1)
    assert client.post(path).status_code == 404


def test_the_second_to_take_it_on_sees_who_was_first(
    alert: Alert, officer: Contact, chief: Contact, client: Client
) -> None:
    client.post(link(alert, officer))
    assert "Officer" in client.post(link(alert, chief)).content.decode()
    assert Alert.objects.get().acknowledged_by == "Officer"


def test_what_is_over_cannot_be_taken_on(alert: Alert) -> None:
    Alert.objects.update(state=State.RESOLVED)
    assert not escalation.acknowledge(alert.identifier, "Officer")


def test_an_update_reaches_whoever_was_drawn_in(alert: Alert, happen: Callable[..., Anomaly]) -> None:
    time_is_up()
    Rule.objects.update(recover_for=timedelta(0))
    Anomaly.objects.update(end=clock.now() - timedelta(hours=2), last_at=clock.now() - timedelta(hours=2), revision=2)
    tasks.process_events()
    assert set(Delivery.objects.filter(kind="cancel").values_list("address", flat=True)) == {
        "officer@example.org",
        "chief@example.org",
    }
