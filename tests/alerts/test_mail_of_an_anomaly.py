"""From an anomaly to one mail."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from bson import ObjectId
from django.conf import settings
from django.core import mail
from django.db import connection

from alerts import engine, events, links, tasks
from alerts.models import Alert, Contact, Delivery, Message, Rule, Subscription
from alerts.places import places_of
from alerts.sending import delivery, outbox
from alerts.state_machine import State
from aqi_project import clock
from aqi_project.mongo import collection
from detection.models import Anomaly, Severity
from ingestion.models import Station

HOUR = timedelta(hours=1)
Happen = Callable[..., Anomaly]


def work() -> None:
    """What the worker does, in this process."""
    tasks.process_events()
    tasks.deliver()


@pytest.mark.django_db
def test_each_task_can_run_on_an_empty_database() -> None:
    assert tasks.process_events() == tasks.evaluate_rules() == tasks.deliver() == 0


def test_an_anomaly_becomes_one_mail_in_both_languages(rule: Rule, officer: Contact, happen: Happen) -> None:
    happen()
    work()
    (sent,) = mail.outbox
    assert sent.to == ["officer@example.org"]
    assert sent.subject == "Lahore: Unusual air (Severe)"
    assert "About twice the usual" in sent.body
    assert "تقریباً دگنا" in sent.body
    assert 'dir="rtl"' in sent.alternatives[0][0]


def test_the_mail_leads_to_the_event(rule: Rule, officer: Contact, happen: Happen) -> None:
    event = happen()
    work()
    (sent,) = mail.outbox
    address = f"{settings.SITE_URL}/lahore/lahore/unusual/{event.pk}/"
    assert address in sent.body
    assert f'href="{address}"' in sent.alternatives[0][0]


@pytest.mark.parametrize(
    ("place", "public", "path"),
    [
        ("lahore", True, "/lahore/lahore/"),
        ("lahore", False, "/"),
        ("city:lahore", True, "/lahore/"),
        ("gone", True, "/"),
    ],
)
def test_a_message_leads_to_the_page_of_its_place_where_all_may_see_it(
    station: Station, place: str, public: bool, path: str
) -> None:
    Station.objects.update(is_public=public)
    assert links.page(Message(place=place)) == settings.SITE_URL + path


def test_doing_everything_twice_changes_nothing(rule: Rule, officer: Contact, happen: Happen) -> None:
    happen()
    work()
    Anomaly.objects.update(processed_revision=0)
    Message.objects.update(queued_at=None)
    work()
    assert (Alert.objects.count(), Message.objects.count(), Delivery.objects.count(), len(mail.outbox)) == (1, 1, 1, 1)


def test_a_short_event_that_ended_before_anybody_looked_is_told(
    rule: Rule, officer: Contact, happen: Happen, now: datetime
) -> None:
    happen(start=now - 5 * HOUR, last_at=now - 4 * HOUR, end=now - 3 * HOUR)
    work()
    assert len(mail.outbox) == 1


def test_history_that_a_first_training_finds_is_not_told(
    rule: Rule, officer: Contact, happen: Happen, now: datetime
) -> None:
    happen(start=now - 90 * HOUR, last_at=now - 80 * HOUR, end=now - 79 * HOUR)
    work()
    assert not mail.outbox


def test_only_the_newest_events_are_read_for_what_nobody_has_looked_at(happen: Happen, now: datetime) -> None:
    for number in range(30):
        happen(start=now - (100 + number) * HOUR, last_at=now - (90 + number) * HOUR)
    event = happen()
    assert events.news() == {"lahore": {ObjectId(event.pk): 1}}
    query = events.fresh({"lahore": now - 24 * HOUR})
    read = collection(Anomaly).find(query).explain()["executionStats"]
    assert (read["totalDocsExamined"], read["nReturned"]) == (1, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"severity": Severity.MINOR},
        {"kind": Anomaly.Kind.STUCK, "is_fault": True},
        {"review": Anomaly.Review.FALSE_ALARM},
    ],
)
def test_what_the_rule_does_not_want_is_not_told(
    rule: Rule, officer: Contact, happen: Happen, changes: dict[str, object]
) -> None:
    happen(**changes)
    work()
    assert not mail.outbox


def test_a_station_that_is_not_public_is_left_out(
    rule: Rule, officer: Contact, happen: Happen, station: Station
) -> None:
    Station.objects.update(is_public=False)
    happen()
    work()
    assert not mail.outbox


def test_it_gets_worse_then_ends_and_each_is_one_message(
    rule: Rule, officer: Contact, happen: Happen, now: datetime
) -> None:
    Rule.objects.update(cooldown=timedelta(0), recover_for=timedelta(0))
    event = happen(severity=Severity.MODERATE)
    work()
    Anomaly.objects.filter(pk=event.pk).update(severity=Severity.SEVERE, revision=2)
    work()
    Anomaly.objects.filter(pk=event.pk).update(end=now, last_at=now - HOUR, revision=3)
    work()
    assert [message.kind for message in Message.objects.order_by("number")] == ["alert", "update", "cancel"]
    assert [sent.subject.split(":")[0] for sent in mail.outbox] == ["Lahore", "Update for Lahore", "Over in Lahore"]
    assert Alert.objects.get().state == State.RESOLVED


def test_an_address_that_is_not_verified_gets_nothing(rule: Rule, officer: Contact, happen: Happen) -> None:
    Contact.objects.update(email_verified_at=None)
    happen()
    work()
    assert not mail.outbox


def test_a_second_event_after_the_first_is_a_second_alert(
    rule: Rule, officer: Contact, happen: Happen, now: datetime
) -> None:
    Rule.objects.update(recover_for=timedelta(0))
    first = happen(start=now - 3 * HOUR, last_at=now - 2 * HOUR)
    work()
    Anomaly.objects.filter(pk=first.pk).update(end=now - HOUR, revision=2)
    work()
    happen(start=now)
    work()
    assert Alert.objects.count() == 2
    assert [message.kind for message in Message.objects.order_by("created_at")] == ["alert", "cancel", "alert"]


def test_of_two_processes_that_see_the_same_only_one_speaks(rule: Rule, officer: Contact, happen: Happen) -> None:
    happen()
    (place,) = places_of(rule)
    seen = engine.look(rule, place)
    assert engine.settle(rule, place, seen) is not None
    assert engine.settle(rule, place, seen) is None


def test_a_claim_holds_until_its_lease_runs_out(rule: Rule, officer: Contact, happen: Happen) -> None:
    happen()
    tasks.process_events()
    first = delivery.claim()
    assert first is not None
    assert delivery.claim() is None
    assert first.next_attempt_at - clock.now() > 2.5 * timedelta(seconds=settings.EMAIL_TIMEOUT)
    Delivery.objects.update(next_attempt_at=clock.now())
    again = delivery.claim()
    assert again is not None
    assert again.reference == first.reference


def test_a_worker_that_was_overtaken_does_not_overwrite_the_outcome(
    rule: Rule, officer: Contact, happen: Happen
) -> None:
    happen()
    tasks.process_events()
    slow = delivery.claim()
    Delivery.objects.update(next_attempt_at=clock.now())
    quick = delivery.claim()
    assert slow
    assert quick
    delivery.attempt(quick)
    delivery._failed(slow, "too late", permanent=True)
    assert Delivery.objects.get().state == Delivery.State.SENT


def test_deliveries_of_a_message_are_written_once_however_often_it_is_queued(
    rule: Rule, officer: Contact, happen: Happen
) -> None:
    happen()
    tasks.process_events()
    message = Message.objects.get()
    assert outbox.write_deliveries(message, outbox.recipients(message)) == 0
    assert Delivery.objects.count() == 1


def test_many_processes_that_queue_the_same_message_write_its_deliveries_once(
    rule: Rule, officer: Contact, happen: Happen, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(20):
        contact = Contact.objects.create(email=f"c{number}@example.org", email_verified_at=clock.now())
        Subscription.objects.create(contact=contact)
    happen()
    events.process()
    message = Message.objects.get()
    who = outbox.recipients(message)
    with ThreadPoolExecutor(6) as pool:
        written = sum(pool.map(lambda _: _in_a_thread(message, who), range(6)))
    assert written == Delivery.objects.count() == 21
    assert not caplog.records


def _in_a_thread(message: Message, who: dict[str, tuple[Contact, set[str]]]) -> int:
    try:
        return outbox.write_deliveries(message, who)
    finally:
        connection.close()
