"""A rehearsal against what the rule does on the same readings, as they come and as time passes without any."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts import engine
from alerts.models import Message, Rule
from alerts.places import places_of
from alerts.rehearsal.rule import rehearse
from aqi_project import clock
from ingestion.models import Reading, Station

HOUR, LOOK = timedelta(hours=1), timedelta(minutes=20)
BEGIN = datetime(2026, 11, 10, tzinfo=UTC)
GAP = None


def play(rule: Rule, air: dict[str, list[int | None]], monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, datetime]]:
    """Each station's AQI hour by hour, with a look at every third of an hour: the messages and their hours."""
    (place,) = places_of(rule)
    for step in range(3 * len(air["lahore"])):
        at = BEGIN + step * LOOK
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        for slug, hours in air.items():
            if step % 3 == 0 and (aqi := hours[step // 3]) is not None:
                Reading.objects.create(station=slug, at=at, values={}, aqi=aqi, provider="push", received_at=at)
        engine.evaluate(rule, place)
    return [(message.kind, message.about) for message in Message.objects.order_by("created_at", "number")]


@pytest.mark.parametrize(
    ("changes", "air", "kinds"),
    [
        (
            {"condition": Rule.Condition.NO_DATA, "pending_for": 2 * HOUR, "repeat_every": 3 * HOUR},
            {"lahore": [90, 90, *[GAP] * 12, 90, 90, 90, 90]},
            ["alert", "update", "update", "cancel"],
        ),
        (
            {"condition": Rule.Condition.NO_DATA},
            {"lahore": [90, 90, *[GAP] * 5, 90, *[GAP] * 5, 90, 90, 90]},
            ["alert", "cancel", "alert", "cancel"],
        ),
        (
            {"scope": Rule.Scope.CITY, "recover_for": timedelta(0)},
            {"lahore": [90, 90, 90, 90, 90, 90], "b": [90, 250, GAP, 250, 90, 90]},
            ["alert", "cancel"],
        ),
    ],
)
def test_it_says_what_the_rule_then_does(
    station: Station,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any],
    air: dict[str, list[int | None]],
    kinds: list[str],
) -> None:
    Station.objects.create(slug="b", name="B", city="lahore", is_active="b" in air)
    times = {"recover_for": HOUR, "cooldown": timedelta(0), "long_mean": HOUR}
    values = {"slug": "x", "name": "X", "condition": Rule.Condition.LIMIT, "limits": [150]}
    rule = Rule.objects.create(**{**values, **times, **changes})
    told = play(rule, air, monkeypatch)
    assert [kind for kind, _ in told] == kinds
    (place,) = places_of(rule)
    result = rehearse(rule, place, BEGIN - HOUR, clock.now())
    fired = [at for kind, at in told if kind == "alert"]
    assert result.messages == len(told)
    assert len(result.episodes) == len(fired)
    assert all(abs(episode.fired_at - at) <= LOOK for episode, at in zip(result.episodes, fired, strict=True))
