"""Why people are told: each kind of condition, and the life of an alert."""

from datetime import timedelta

import pytest
from lxml import etree

from alerts.models import Message, Rule
from ingestion.models import Reading
from tests.alerts.scenarios.system import HOUR, System
from tests.factories import make_forecast

pytestmark = pytest.mark.processes
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
NO_TIME = timedelta(0)


RISING = ("rising", (110, 110, 310), ["pending", "firing", "firing"], "Update for Rising: Rising (Extreme)")
FALLING = ("falling", (150, 50, 50), ["firing", "recovering", "resolved"], "Over in Falling: Falling")


@pytest.mark.parametrize(("slug", "values", "states", "last"), [RISING, FALLING])
def test_each_change_of_an_alert_is_one_message_that_refers_to_the_one_before(
    system: System, slug: str, values: tuple[float, ...], states: list[str], last: str
) -> None:
    """Two levels at once do not wait for the cooldown."""
    place = system.station(slug)
    pending = HOUR if states[0] == "pending" else NO_TIME
    system.rule(slug, place, pending_for=pending, recover_for=HOUR, cooldown=24 * HOUR)
    follower = system.listener(slug, place.slug)
    for ago, value, state in zip((2, 1, 0), values, states, strict=True):
        system.air(place, value, ago)
        system.rest()
        assert system.alert(slug).state == state
    assert system.told(follower, 2)[1] == last
    first, second = Message.objects.filter(rule=slug).order_by("number")
    document = etree.fromstring(system.visitor().see(f"/alerts/{second.identifier}.cap.xml").encode())
    assert document.findtext(f"{CAP}references", "").split(",")[1] == first.identifier
    assert second.identifier in system.visitor().see("/alerts/cap.atom")


def test_a_station_that_falls_silent_is_told_and_is_no_all_clear(system: System) -> None:
    place = system.station("silent")
    system.rule("fumes", place)
    system.rule("silence-of-it", place, condition=Rule.Condition.NO_DATA)
    fumes = system.listener("breather", place.slug, {"rule": "fumes"})
    silence = system.listener("engineer", place.slug, {"rule": "silence-of-it"})
    system.air(place, 150)
    system.told(fumes)
    Reading.objects.filter(station=place.slug).update(at=system.now - 9 * HOUR)  # nine hours pass
    system.minute()
    assert system.told(silence) == ["Silent: Silence-Of-It (Moderate)"]
    system.told(fumes, 2)
    assert "This is no all-clear" in system.text(fumes)
    assert system.alert("fumes").state == "no_data"
    system.air(place, 50)
    assert system.told(silence, 2)[1] == "Over in Silent: Silence-Of-It"
    assert system.told(fumes, 3)[2] == "Over in Silent: Fumes"


def test_a_forecast_over_a_limit_tells_its_probability(system: System) -> None:
    place = system.station("foretold")
    forecast = {"condition": Rule.Condition.FORECAST, "limits": [60], "probability": 0.6}
    system.rule("foretell", place, **forecast)
    planner = system.listener("planner", place.slug)
    make_forecast(f"{place.slug}/pm2_5", system.now)
    system.minute()
    system.told(planner)
    assert "is expected to go over 60 µg/m³" in system.text(planner)
    message = Message.objects.get(rule="foretell")
    document = etree.fromstring(system.visitor().see(f"/alerts/{message.identifier}.cap.xml").encode())
    assert message.facts["probability"] >= 0.6
    assert document.findtext(f"{CAP}info/{CAP}certainty") == "Likely"


def test_a_station_that_contradicts_its_neighbours_is_told(system: System) -> None:
    odd, *others = (system.station(slug, city="quarrel") for slug in ("odd", "even", "also"))
    system.rule("quarrel", odd, condition=Rule.Condition.DISAGREEMENT, factor=2.0)
    engineer = system.listener("judge", odd.slug)
    for other in others:
        system.air(other, 40)
    system.air(odd, 120)
    system.told(engineer)
    assert "3.0 times apart from the other stations" in system.text(engineer)


def test_a_rule_that_cannot_be_checked_says_why_and_mends_itself(system: System) -> None:
    place = system.station("erring")
    rule = system.rule("err", place, variable="", standard="no-such")
    system.air(place, 150)
    assert system.alert("err").state == "error"
    assert "no-such" in system.alert("err").error
    Rule.objects.filter(pk=rule.pk).update(variable="pm2_5")
    system.minute()
    system.until(lambda: system.alert("err").state == "firing")
