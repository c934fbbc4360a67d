"""Whom an alert that nobody takes on goes to next, and when."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from alerts import escalation, links
from alerts.models import Alert, Contact, Delivery, Message, Rule, Silence, Subscription
from alerts.sending import outbox
from alerts.state_machine import State
from alerts.views.acknowledge import name_of
from aqi_project import clock

pytestmark = pytest.mark.django_db
WITHIN = timedelta(minutes=15)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The clock stands still."""
    at = clock.now().replace(microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: at)
    return at


@pytest.fixture(autouse=True)
def steps(rule: Rule) -> list[Contact]:
    """A contact for each step from 0 to 2, and a rule that asks nobody to take anything on."""
    Rule.objects.update(acknowledge_within=WITHIN)
    Rule.objects.create(slug="another", name="Another", condition=Rule.Condition.LIMIT, limits=[200])
    contacts = [Contact.objects.create(name=f"{n}", email=f"{n}@example.org") for n in range(3)]
    Contact.objects.update(email_verified_at=clock.now())
    for step, contact in enumerate(contacts):
        Subscription.objects.create(contact=contact, step=step)
    return contacts


def alert(name: str, **changes: Any) -> Alert:
    """One that is due now."""
    values = {"slot": name, "rule": "unusual-air", "place": "lahore", "state": State.FIRING, "escalate_at": clock.now()}
    return Alert.objects.create(identifier=name, since=clock.now(), level_since=clock.now(), **{**values, **changes})


def say(of: str, number: int = 1, **changes: Any) -> None:
    values = {"rule": "unusual-air", "place": "lahore", "kind": Message.Kind.ALERT, "reach": 3}
    text = f"{of} {number}"
    Message.objects.create(alert=of, number=number, subject_en=text, text_en=text, **{**values, **changes})


def moved() -> list[tuple[str, int]]:
    return list(Alert.objects.order_by("identifier").values_list("identifier", "step"))


@pytest.mark.parametrize("state", State)
def test_what_recovers_or_is_over_draws_nobody_else_in(state: State) -> None:
    alert("a", state=state)
    assert escalation.escalate_due() == (state in (State.FIRING, State.NO_DATA, State.ERROR))


def test_only_what_is_due_goes_further(now: datetime) -> None:
    alert("due")
    alert("later", escalate_at=now + timedelta(seconds=1))
    alert("taken on", acknowledged_at=now)
    assert escalation.escalate_due() == 1
    assert moved() == [("due", 1), ("later", 0), ("taken on", 0)]


def test_the_step_after_it_is_due_so_long_after_it_and_none_follows_the_last(now: datetime) -> None:
    one = alert("a")
    assert escalation._escalate(one)
    one.refresh_from_db()
    assert (one.step, one.escalate_at) == (1, now + WITHIN)
    assert escalation._escalate(one)
    one.refresh_from_db()
    assert (one.step, one.escalate_at) == (2, None)


def test_a_step_that_nobody_is_subscribed_to_any_more_is_none() -> None:
    Subscription.objects.filter(step=2).update(is_active=False)
    alert("a")
    escalation.escalate_due()
    assert Alert.objects.values_list("step", "escalate_at").get() == (1, None)


@pytest.mark.parametrize("happens", [Rule.objects.all().delete, lambda: Rule.objects.update(acknowledge_within=None)])
def test_where_nobody_has_to_take_it_on_any_more_the_next_step_is_the_last(happens: Any, rule: Rule) -> None:
    alert("a")
    happens()
    assert escalation.escalate_due() == 1
    assert Alert.objects.values_list("step", "escalate_at").get() == (1, None)


def test_of_two_workers_that_see_the_same_one_goes_further() -> None:
    seen = alert("a")
    assert [escalation._escalate(seen), escalation._escalate(seen)] == [True, False]
    assert Alert.objects.values_list("step", "revision").get() == (1, 2)


def test_whoever_takes_it_on_meanwhile_keeps_it(now: datetime) -> None:
    seen = alert("a", fired_at=now)
    assert escalation.acknowledge("a", "Officer")
    assert not escalation._escalate(seen)
    assert Alert.objects.values_list("step", "escalate_at").get() == (0, None)


def test_the_next_step_reads_what_was_said_last_of_this_alert() -> None:
    alert("a")
    for number in (1, 2):
        say("a", number)
    say("a", 3, kind=Message.Kind.CANCEL)
    say("b", 4)
    escalation.escalate_due()
    told = Delivery.objects.get()
    assert (told.recipient, told.subject) == ("1", "a 2")


def test_what_goes_to_nobody_goes_to_no_next_step_either() -> None:
    alert("a")
    say("a", muted_by="Silence: Calibration")
    assert escalation.escalate_due() == 0
    assert not Delivery.objects.exists()
    assert moved() == [("a", 0)]  # when it is heard of at last, then not by all steps at once


def test_a_silence_after_the_alert_holds_the_next_step_back_until_it_ends(now: datetime) -> None:
    alert("a", severity=3)
    say("a")
    silence = {"starts_at": now - WITHIN, "ends_at": now + WITHIN, "reason": "A bonfire"}
    Silence.objects.create(rule="unusual-air", place="lahore", max_severity=3, **silence)
    assert escalation.escalate_due() == 0
    assert not Delivery.objects.exists()
    Silence.objects.update(ends_at=now)
    assert escalation.escalate_due() == 1
    assert Delivery.objects.get().recipient == "1"


def test_what_is_said_while_the_next_step_is_told_reaches_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The outbox writes what the engine says to the steps of that moment."""
    alert("a")
    say("a", 1)

    def meanwhile(message: Message, step: int) -> None:
        tell(message, step)
        say("a", 2)
        outbox.queue_messages()
        Alert.objects.update(revision=2)

    tell = escalation._tell
    with monkeypatch.context() as patch:
        patch.setattr(escalation, "_tell", meanwhile)
        escalation.escalate_due()
    escalation.escalate_due()
    assert moved() == [("a", 1)]
    assert sorted(Delivery.objects.filter(recipient="1").values_list("subject", flat=True)) == ["a 1", "a 2"]


def test_who_has_taken_it_on_is_told_by_name_while_there_is_one(steps: list[Contact]) -> None:
    assert name_of(steps[2].uid) == "2"
    assert name_of("gone") == "gone"


def test_the_page_that_takes_it_on_shows_what_was_said_last_of_this_alert(now: datetime, steps: list[Contact]) -> None:
    alert("a", fired_at=now)
    for of, number in (("a", 1), ("a", 2), ("b", 3)):
        say(of, number)
    page = Client().get(links.acknowledge("a", steps[0].uid).removeprefix("http://localhost:8000")).content.decode()
    assert [text in page for text in ("a 1", "a 2", "b 3")] == [False, True, False]
