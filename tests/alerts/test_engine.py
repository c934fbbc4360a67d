"""From what a rule sees to what is written, look by look."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError

from alerts import conditions, engine
from alerts.models import Alert, Message, Rule, Silence
from alerts.places import places_of
from aqi_project import clock
from ingestion.models import Reading, Station

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
Measure = Callable[..., Reading]


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The clock stands at a full hour, so that a reading of three hours ago is just no silence."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: hour)
    return hour


def limit(**changes: Any) -> Rule:
    values = {"name": "Bad air", "condition": Rule.Condition.LIMIT, "limits": [150, 200, 300]}
    values |= {"slug": "limit", "cooldown": timedelta(0), "recover_for": timedelta(0), **changes}
    return Rule.objects.create(**values)


def look(rule: Rule) -> Message | None:
    return engine.evaluate(rule, *places_of(rule))


def test_of_good_air_nothing_is_written(measure: Measure) -> None:
    measure(aqi=50)
    assert look(limit()) is None
    assert not Alert.objects.exists()


def test_looking_again_at_the_same_changes_nothing(measure: Measure) -> None:
    measure(aqi=180)
    rule = limit()
    assert look(rule) is not None
    before = Alert.objects.values().get()
    assert look(rule) is None
    assert Alert.objects.values().get() == before


def test_each_change_is_one_more_revision_and_its_message_bears_its_number(measure: Measure) -> None:
    rule = limit()
    for ago, aqi in ((3, 180), (2, 250), (1, 350)):
        measure(ago, aqi=aqi)
        look(rule)
    assert Alert.objects.get().revision == 3
    assert list(Message.objects.order_by("created_at").values_list("number", "level")) == [(1, 1), (2, 2), (3, 3)]


def test_what_was_nothing_is_closed_without_a_word_and_leaves_room_for_the_next(
    measure: Measure, now: datetime
) -> None:
    rule = limit(pending_for=2 * HOUR)
    for ago, aqi in ((2, 180), (1, 50), (0, 180)):
        measure(ago, aqi=aqi)
        look(rule)
    assert list(Alert.objects.order_by("opened_at").values_list("state", "resolved_at")) == [
        ("resolved", now),
        ("pending", None),
    ]
    assert not Message.objects.exists()


def test_a_change_of_one_alert_leaves_every_other_alone(measure: Measure) -> None:
    measure(1, aqi=180)
    rule, other = limit(), limit(slug="other")
    look(rule)
    look(other)
    before = Alert.objects.values().get(rule="other")
    measure(aqi=350)
    look(rule)
    assert Alert.objects.values().get(rule="other") == before
    assert Alert.objects.get(rule="limit").level == 3


def test_the_worst_that_it_has_been_is_kept(measure: Measure) -> None:
    rule = limit(long_mean=HOUR)
    for ago, aqi in ((3, 180), (2, 350), (1, 180), (0, 50)):
        measure(ago, aqi=aqi)
        look(rule)
    alert = Alert.objects.get()
    assert (alert.state, alert.level, alert.peak_level) == ("resolved", 0, 3)
    assert alert.peak_severity > rule.severity


def test_who_comes_next_is_due_so_long_after_it_fired_whatever_follows(measure: Measure) -> None:
    rule = limit(pending_for=HOUR, acknowledge_within=HOUR / 2, long_mean=HOUR)
    measure(3, aqi=180)
    look(rule)
    pending = Alert.objects.get()
    assert (pending.fired_at, pending.escalate_at) == (None, None)
    measure(2, aqi=180)
    look(rule)
    fired = Alert.objects.get()
    assert fired.fired_at is not None
    assert fired.escalate_at == fired.fired_at + HOUR / 2
    measure(1, aqi=350)
    look(rule)
    assert Alert.objects.values_list("level", "fired_at", "escalate_at").get() == (3, fired.fired_at, fired.escalate_at)
    measure(0, aqi=50)
    look(rule)
    assert Alert.objects.values_list("state", "escalate_at").get() == ("resolved", None)


def test_who_hears_of_it_only_when_a_silence_ends_has_as_long_to_take_it_on(
    measure: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    Silence.objects.create(starts_at=now - HOUR, ends_at=now + HOUR, reason="Calibration")
    rule = limit(acknowledge_within=HOUR / 2)
    measure(aqi=180)
    look(rule)
    monkeypatch.setattr(clock, "now", lambda: now + HOUR)
    assert look(rule)
    assert Alert.objects.get().escalate_at == now + HOUR + HOUR / 2


def test_what_recovers_when_a_silence_ends_is_not_told_as_if_it_fired(measure: Measure) -> None:
    now = clock.now()
    Silence.objects.create(starts_at=now - HOUR, ends_at=now + HOUR, reason="Calibration")
    rule = limit(recover_for=3 * HOUR, long_mean=HOUR)
    for ago, aqi in ((1, 180), (0, 50)):
        measure(ago, aqi=aqi)
        look(rule)
    Silence.objects.update(ends_at=now)
    assert look(rule) is None
    assert Alert.objects.get().state == "recovering"


def test_what_loses_every_race_says_so_and_is_left_to_the_next_look(
    measure: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure(aqi=180)
    tries: list[tuple[Any, ...]] = []

    def lost(*what: Any) -> None:
        tries.append(what)
        raise DatabaseError("The alert has changed meanwhile.")

    with monkeypatch.context() as patch:
        patch.setattr(engine, "_write", lost)
        with pytest.raises(DatabaseError, match="lost every race"):
            look(limit())
    assert len(tries) == engine.ROUNDS
    assert look(Rule.objects.get()) is not None


def test_a_station_is_told_as_its_own_and_a_city_as_of_its_newest_reading(
    station: Station, measure: Measure, now: datetime
) -> None:
    measure(1, aqi=180)
    alone, whole = limit(), limit(slug="city", scope=Rule.Scope.CITY)
    assert engine.look(alone, *places_of(alone)) == conditions.now(alone, station, now - HOUR)
    Station.objects.create(slug="b", name="b", city="lahore")
    measure(slug="b", pm10=1.0)
    Reading.objects.filter(station="lahore").update(aqi=None)
    assert engine.look(whole, *places_of(whole)).observation.at == now
