"""Alerts whose rule goes away."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from alerts import engine, tasks
from alerts.models import Alert, Contact, Delivery, Message, Rule
from alerts.places import Place
from ingestion.models import Reading, Station

pytestmark = pytest.mark.django_db


@pytest.fixture
def firing(station: Station, measure: Callable[..., Reading]) -> Alert:
    measure(aqi=400)
    Rule.objects.create(slug="bad", name="Bad air", condition=Rule.Condition.LIMIT, limits=[200])
    tasks.evaluate_rules()
    return Alert.objects.get()


@pytest.mark.parametrize(
    "happens",
    [
        lambda: Rule.objects.update(is_active=False),
        lambda: Rule.objects.all().delete(),
        lambda: Station.objects.update(is_active=False),
        lambda: Rule.objects.update(stations=["elsewhere"]),
    ],
)
def test_who_was_told_is_told_that_nobody_watches_any_more(firing: Alert, happens: Callable[[], object]) -> None:
    happens()
    tasks.evaluate_rules()
    firing.refresh_from_db()
    assert firing.state == "resolved"
    last = Message.objects.order_by("-number").first()
    assert last
    assert last.kind == "cancel"
    assert "no all-clear" in last.text_en


def test_a_rule_that_is_deleted_is_called_by_its_name_once_more(firing: Alert) -> None:
    Rule.objects.update(name_ur="خراب ہوا")
    Rule.objects.get().delete()
    tasks.evaluate_rules()
    last = Message.objects.get(kind="cancel")
    assert last.text_en.startswith("Bad air is no longer watched in Lahore. This is no all-clear.\n")
    assert last.subject_ur == "لاہور میں ختم: خراب ہوا"


def test_who_was_never_told_hears_nothing_of_the_end(firing: Alert, officer: Contact) -> None:
    """A rule of few channels that is deleted: nobody can look up any more which they were."""
    Delivery.objects.all().delete()
    Message.objects.update(queued_at=None)
    Rule.objects.update(channels=["inapp"])
    Contact.objects.update(user=User.objects.create_user("zainab"))
    tasks.send_out()
    assert list(Delivery.objects.values_list("kind", "channel")) == [("alert", "inapp")]
    Rule.objects.all().delete()
    tasks.evaluate_rules()
    assert list(Delivery.objects.filter(kind="cancel").values_list("channel", flat=True)) == ["inapp"]


def test_looking_at_another_station_retires_nothing(firing: Alert) -> None:
    Station.objects.create(slug="b", name="B")
    tasks.evaluate_rules("b")
    firing.refresh_from_db()
    assert firing.state == "firing"


def test_an_alert_of_a_rule_that_was_made_meanwhile_goes_on(firing: Alert, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process looks with the new rule while this one is still looking with the rules it has read."""
    looked = engine.evaluate

    def evaluate(rule: Rule, place: Place) -> Message | None:
        if not Rule.objects.filter(slug="new").exists():
            new = Rule.objects.create(slug="new", name="New", condition=Rule.Condition.LIMIT, limits=[300])
            looked(new, place)
        return looked(rule, place)

    monkeypatch.setattr(engine, "evaluate", evaluate)
    tasks.evaluate_rules()
    assert sorted(Alert.objects.values_list("rule", "state")) == [("bad", "firing"), ("new", "firing")]
    assert not Message.objects.filter(kind="cancel").exists()


def ended(rule_changes: dict[str, Any], measure: Callable[..., Reading], aqi: int) -> Message:
    """The end of the alert after its rule was changed and such air came."""
    Rule.objects.update(recover_for=timedelta(0), **rule_changes)
    tasks.evaluate_rules()
    measure(aqi=aqi)
    tasks.evaluate_rules()
    return Message.objects.get(kind="cancel")


def test_an_alert_that_ends_because_its_rule_was_changed_is_no_all_clear(
    firing: Alert, measure: Callable[..., Reading]
) -> None:
    end = ended({"limits": [500], "name_ur": "خراب ہوا"}, measure, aqi=400)
    assert end.text_en.startswith("The rule Bad air was changed and no longer speaks of Lahore. This is no all-clear.")
    assert "خیریت نہیں" in end.text_ur
    assert end.facts["unwatched"]
    assert "terms" not in end.facts, "whoever gets it as JSON has no use for them"


@pytest.mark.parametrize("changes", [{"limits": [300]}, {"cooldown": timedelta(hours=3), "name": "Foul air"}])
def test_what_holds_by_the_changed_rule_ends_as_ever(
    firing: Alert, measure: Callable[..., Reading], changes: dict[str, Any]
) -> None:
    end = ended(changes, measure, aqi=50)
    assert end.text_en.startswith("It is over: AQI in Lahore is 50, no longer over the limit of ")
    assert "unwatched" not in end.facts
