"""Silences and inhibition."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from alerts import engine, muting, tasks
from alerts.models import Alert, Contact, Message, Rule, Silence, Subscription
from alerts.places import Place, places_of
from alerts.sending import delivery
from aqi_project import clock
from detection.models import Anomaly, Severity
from ingestion.models import Reading, Station

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
Happen = Callable[..., Anomaly]


def silence(**changes: Any) -> Silence:
    now = clock.now()
    values = {"starts_at": now - HOUR, "ends_at": now + HOUR, "reason": "Calibration"}
    return Silence.objects.create(**{**values, **changes})


def work() -> list[str]:
    tasks.process_events()
    tasks.evaluate_rules()
    delivery.send_due()
    return list(Message.objects.order_by("created_at").values_list("muted_by", flat=True))


@pytest.mark.parametrize(
    "match",
    [{}, {"place": "lahore"}, {"place": "city:lahore"}, {"rule": "unusual-air"}, {"max_severity": Severity.SEVERE}],
)
def test_what_a_silence_matches_goes_to_nobody_and_says_why(
    rule: Rule, officer: Contact, happen: Happen, match: dict[str, Any]
) -> None:
    silence(**match)
    happen()
    assert work() == ["Silence: Calibration"]
    assert not mail.outbox


@pytest.mark.parametrize(
    "match",
    [
        {"place": "multan"},
        {"rule": "other"},
        {"max_severity": Severity.MODERATE},
        {"ends_at": clock.now() - HOUR / 2},
        {"starts_at": clock.now() + HOUR / 2},
    ],
)
def test_what_it_does_not_match_is_told(rule: Rule, officer: Contact, happen: Happen, match: dict[str, Any]) -> None:
    silence(**match)
    happen()
    assert work() == [""]
    assert len(mail.outbox) == 1


def test_what_still_fires_when_the_silence_ends_is_told_then(rule: Rule, officer: Contact, happen: Happen) -> None:
    silence()
    happen()
    work()
    Silence.objects.update(ends_at=clock.now())
    assert work() == ["Silence: Calibration", ""]
    assert work() == ["Silence: Calibration", ""]
    assert len(mail.outbox) == 1


def test_the_first_that_people_hear_is_the_alert_and_no_update(rule: Rule, officer: Contact, happen: Happen) -> None:
    silence()
    event = happen()
    work()
    Silence.objects.update(ends_at=clock.now())
    work()
    assert mail.outbox[0].subject == "Lahore: Unusual air (Severe)"
    Anomaly.objects.filter(pk=event.pk).update(severity=Severity.EXTREME, revision=2)
    Rule.objects.update(cooldown=timedelta(0))
    work()
    assert list(Message.objects.order_by("number").values_list("kind", flat=True)) == ["alert", "alert", "update"]


def limit(scope: str, **changes: Any) -> Rule:
    values = {"slug": scope, "name": scope, "condition": Rule.Condition.LIMIT, "limits": [200], "scope": scope}
    return Rule.objects.create(**{**values, **changes})


@pytest.fixture
def bad_air(station: Station, measure: Callable[..., Reading]) -> None:
    measure(aqi=250)


def run(rule: Rule) -> str:
    (place,) = places_of(rule)
    message = engine.evaluate(rule, place)
    assert message
    return message.muted_by


def ends(rule: Rule) -> str:
    """What is well again; why its end goes to nobody."""
    Silence.objects.update(ends_at=clock.now())
    Reading.objects.update(aqi=50)
    return run(rule)


def test_the_end_of_what_nobody_heard_of_is_not_told_either(bad_air: None) -> None:
    silence()
    rule = limit("station", recover_for=timedelta(0))
    assert run(rule) == "Silence: Calibration"
    assert ends(rule) == "Silence: Calibration"


def test_the_end_of_what_was_told_before_a_silence_is_told(bad_air: None) -> None:
    rule = limit("station", recover_for=timedelta(0), repeat_every=timedelta(0))
    assert run(rule) == ""
    silence()
    Alert.objects.update(said_at=clock.now() - 2 * HOUR)
    Rule.objects.update(repeat_every=timedelta(minutes=1))
    assert run(Rule.objects.get()) == "Silence: Calibration"
    assert ends(rule) == ""


def test_no_reminder_follows_at_once_what_is_told_when_a_silence_ends(measure: Callable[..., Reading]) -> None:
    silence()
    rule = limit("station", repeat_every=2 * HOUR)
    measure(2, aqi=250)
    assert run(rule) == "Silence: Calibration"
    Silence.objects.update(ends_at=clock.now())
    measure(1, aqi=250)
    assert run(rule) == ""
    measure(0, aqi=250)
    (place,) = places_of(rule)
    assert engine.evaluate(rule, place) is None


def test_an_alert_for_the_city_mutes_its_stations(bad_air: None) -> None:
    assert run(limit("city")) == ""
    assert run(limit("station")) == "Covered by the alert for city:lahore (city)"


def test_who_subscribed_to_a_station_is_told_of_its_city_and_not_twice(bad_air: None) -> None:
    citizen = Contact.objects.create(email="c@example.org", email_verified_at=clock.now())
    Subscription.objects.create(contact=citizen, place="lahore")
    limit("station", slug="first")
    limit("city", slug="last")
    tasks.evaluate_rules()
    delivery.send_due()
    assert [sent.subject for sent in mail.outbox] == ["Lahore: city (Moderate)"]


def test_it_does_not_mute_what_is_worse(bad_air: None) -> None:
    run(limit("city"))
    assert run(limit("station", severity=Severity.EXTREME)) == ""


def test_it_does_not_mute_another_matter(station: Station, bad_air: None) -> None:
    run(limit("city"))
    Reading.objects.update(at=clock.now() - 9 * HOUR)
    silent = Rule.objects.create(slug="silent", name="silent", condition=Rule.Condition.NO_DATA)
    assert run(silent) == ""


@pytest.mark.parametrize(("told", "asked"), [("limit", "anomaly"), ("anomaly", "limit")])
def test_broken_sensors_are_another_matter_than_the_air(station: Station, told: str, asked: str) -> None:
    """Nobody would learn that the air is bad, because a city's sensors are stuck; nor that they are, while it is."""
    now, faults = clock.now(), {"kinds": [Anomaly.Kind.STUCK.value]}
    limit("city", condition=told, **faults)
    values = {"rule": "city", "place": "city:lahore", "state": "firing", "severity": Severity.MODERATE}
    Alert.objects.create(slot="x", since=now, level_since=now, **values)
    place = Place("lahore", (station,))
    assert muting.reason(Rule(slug="x", condition=asked, **faults), place, Severity.MODERATE) == ""
    assert muting.reason(Rule(slug="x", condition=told, **faults), place, Severity.MODERATE)


@pytest.mark.parametrize(
    ("changes", "covers"),
    [
        ({}, True),
        ({"state": "recovering"}, True),
        ({"state": "pending"}, False),
        ({"state": "no_data"}, False),
        ({"state": "error"}, False),
        ({"is_muted": True}, False),
        ({"severity": Severity.MINOR}, False),
        ({"severity": Severity.SEVERE}, True),
        ({"place": "city:multan"}, False),
        ({"rule": "silent-city"}, False),
    ],
)
def test_a_city_alert_covers_while_it_is_heard_and_holds_and_is_as_severe(
    station: Station, changes: dict[str, Any], covers: bool
) -> None:
    limit("city")
    limit("city", slug="silent-city", condition=Rule.Condition.NO_DATA)
    now = clock.now()
    values = {"slot": "x", "rule": "city", "place": "city:lahore", "state": "firing", "severity": Severity.MODERATE}
    Alert.objects.create(since=now, level_since=now, **{**values, **changes})
    place = Place("lahore", (station,))
    for condition in Rule.Condition:
        about_air = condition not in (Rule.Condition.NO_DATA, Rule.Condition.DISAGREEMENT)
        expected = "Covered by the alert for city:lahore (city)" if covers and about_air else ""
        if changes.get("rule") and condition == Rule.Condition.NO_DATA:
            expected = "Covered by the alert for city:lahore (silent-city)"
        assert muting.reason(Rule(slug="x", condition=condition), place, Severity.MODERATE) == expected, condition


@pytest.mark.parametrize("pretends", ["city", "station"])
def test_an_exercise_and_the_real_thing_mute_each_other_never(bad_air: None, pretends: str) -> None:
    rules = {scope: limit(scope, is_exercise=scope == pretends) for scope in ("city", "station")}
    assert run(rules["city"]) == ""
    assert run(rules["station"]) == ""


def test_an_exercise_in_the_city_mutes_that_of_its_stations(bad_air: None) -> None:
    assert run(limit("city", is_exercise=True)) == ""
    assert run(limit("station", is_exercise=True)) == "Covered by the alert for city:lahore (city)"


def test_a_city_alert_that_is_over_mutes_nothing(bad_air: None) -> None:
    run(limit("city"))
    Alert.objects.update(state="resolved")
    assert run(limit("station")) == ""
