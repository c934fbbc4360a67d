"""What a rule is about: which stations, which events, how severe."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts.admin import RuleAdmin
from alerts.cap.words import EVENTS
from alerts.conditions import CONDITIONS
from alerts.conditions import now as see
from alerts.conditions.anomaly import AnomalyCondition
from alerts.models import Rule
from alerts.models.rule import NEEDS
from alerts.places import Place, places_of
from alerts.sending.wording import TEXTS
from detection.models import Anomaly, Severity
from ingestion.models import City, Reading, Station

pytestmark = pytest.mark.django_db
Happen = Callable[..., Anomaly]
HOUR = timedelta(hours=1)


def limit(**changes: Any) -> Rule:
    values = {"slug": "limit", "name": "Bad air", "condition": Rule.Condition.LIMIT, "limits": [150]}
    return Rule(**{**values, **changes})


@pytest.fixture
def stations(station: Station) -> None:
    for slug, changes in {
        "gulberg": {"city": "lahore"},
        "multan": {"city": "multan"},
        "private": {"city": "lahore", "is_public": False},
        "old": {"city": "lahore", "is_active": False},
    }.items():
        Station.objects.create(slug=slug, name=slug, **changes)


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({}, ["gulberg", "lahore", "multan"]),
        ({"city": "lahore"}, ["gulberg", "lahore"]),
        ({"stations": ["private", "multan"]}, ["multan", "private"]),
        ({"city": "lahore", "stations": ["private", "multan"]}, ["private"]),
        ({"stations": ["old"]}, []),
        ({"scope": "city"}, ["city:lahore", "city:multan"]),
        ({"scope": "city", "city": "multan"}, ["city:multan"]),
    ],
)
def test_it_looks_at_public_stations_or_at_those_it_names(
    stations: None, changes: dict[str, Any], places: list[str]
) -> None:
    assert sorted(place.key for place in places_of(limit(**changes))) == places


def test_a_reading_is_looked_at_where_its_station_is_part_of(stations: None) -> None:
    assert [place.key for place in places_of(limit(), "gulberg")] == ["gulberg"]
    (city,) = places_of(limit(scope="city"), "gulberg")
    assert (city.key, sorted(one.slug for one in city.stations)) == ("city:lahore", ["gulberg", "lahore"])
    assert places_of(limit(stations=["multan"]), "gulberg") == []


def level(rule: Rule, at: datetime) -> int:
    return see(rule, Station.objects.get(slug="lahore"), at).observation.level


@pytest.mark.parametrize(
    ("changes", "heeded"),
    [
        ({}, True),
        ({"kinds": ["spike", "slow_drift"]}, True),
        ({"kinds": ["level_shift"]}, False),
        ({"variable": "pm2_5"}, True),
        ({"variable": "pm10"}, False),
        ({"min_severity": Severity.SEVERE}, True),
        ({"min_severity": Severity.EXTREME}, False),
    ],
)
def test_it_heeds_events_of_its_kinds_variable_and_severity(
    rule: Rule, happen: Happen, now: datetime, changes: dict[str, Any], heeded: bool
) -> None:
    happen()
    for name, value in changes.items():
        setattr(rule, name, value)
    assert level(rule, now) == (Severity.SEVERE if heeded else 0)


@pytest.mark.parametrize(("kinds", "heeded"), [([], False), ([Anomaly.Kind.STUCK], True)])
def test_a_fault_of_the_sensor_is_heeded_where_it_is_asked_for(
    rule: Rule, happen: Happen, now: datetime, kinds: list[str], heeded: bool
) -> None:
    happen(kind=Anomaly.Kind.STUCK)
    rule.kinds = kinds
    assert level(rule, now) == (Severity.SEVERE if heeded else 0)


def test_the_worst_of_several_events_is_told(rule: Rule, happen: Happen, now: datetime) -> None:
    happen(severity=Severity.MODERATE, score=0.99)
    worst = happen(start=now, severity=Severity.SEVERE, score=0.5, value=300.0)
    happen(start=now - 2 * HOUR, severity=Severity.SEVERE, score=0.4)
    seen = see(rule, Station.objects.get(), now)
    assert (seen.observation.level, seen.facts["event"]) == (Severity.SEVERE, str(worst.pk))
    assert len(seen.anomalies) == 3


@pytest.mark.parametrize("review", [Anomaly.Review.FALSE_ALARM, Anomaly.Review.SENSOR_FAULT])
def test_what_an_officer_has_taken_back_is_nothing_any_more(
    rule: Rule, happen: Happen, now: datetime, review: str
) -> None:
    happen(review=review)
    assert level(rule, now) == 0


def test_an_event_counts_as_long_as_it_lasts_or_until_somebody_has_looked(
    rule: Rule, happen: Happen, now: datetime, measure: Callable[..., Reading]
) -> None:
    event = happen(start=now - 2 * HOUR, last_at=now - HOUR, end=now - HOUR)
    measure(1, aqi=100)
    assert level(rule, now) == Severity.SEVERE, "nobody has seen it yet"
    Anomaly.objects.filter(pk=event.pk).update(processed_revision=1)
    assert level(rule, now) == 0
    assert level(rule, now - HOUR) == Severity.SEVERE


def test_an_event_that_is_open_counts_between_its_readings(
    rule: Rule, happen: Happen, now: datetime, measure: Callable[..., Reading]
) -> None:
    happen(start=now - 2 * HOUR, last_at=now - HOUR, processed_revision=1)
    measure(0, aqi=100)
    assert level(rule, now) == Severity.SEVERE


def test_an_event_of_another_station_or_of_the_day_before_is_none_of_its(
    rule: Rule, happen: Happen, now: datetime, measure: Callable[..., Reading]
) -> None:
    measure(0, aqi=100)
    happen(station="multan", series="multan/pm2_5")
    happen(start=now - 26 * HOUR, last_at=now - 25 * HOUR, end=now - 25 * HOUR)
    assert level(rule, now) == 0


def test_a_rehearsal_knows_of_an_event_from_its_start_to_its_end(
    rule: Rule, happen: Happen, now: datetime, measure: Callable[..., Reading]
) -> None:
    for ago in range(5):
        measure(ago, aqi=100)
    happen(start=now - 3 * HOUR, last_at=now - 2 * HOUR, end=now - 2 * HOUR)
    rehearsed = AnomalyCondition.load(rule, Station.objects.get(), now - 4 * HOUR, now)
    levels = [rehearsed.see(now - ago * HOUR).observation.level for ago in (4, 3, 2, 1)]
    assert levels == [0, Severity.SEVERE, Severity.SEVERE, 0]


@pytest.mark.parametrize(
    ("level", "severity"),
    [(0, Severity.MINOR), (1, Severity.MINOR), (2, Severity.MODERATE), (4, Severity.EXTREME), (9, Severity.EXTREME)],
)
def test_each_level_is_one_more_severe(level: int, severity: Severity) -> None:
    assert limit(severity=Severity.MINOR).severity_of(level) == severity


@pytest.mark.parametrize(("level", "severity"), [(0, Severity.INFO), (4, Severity.SEVERE)])
def test_the_level_of_an_event_is_its_severity(level: int, severity: Severity) -> None:
    assert limit(condition=Rule.Condition.ANOMALY, severity=Severity.EXTREME).severity_of(level) == severity


def test_where_there_is_no_name_in_urdu_the_english_one_stands() -> None:
    assert limit().name_in("ur") == "Bad air"
    assert limit(name_ur="بری ہوا").name_in("ur") == "بری ہوا"
    assert limit(name_ur="بری ہوا").name_in("en") == "Bad air"


def test_a_city_is_called_as_an_administrator_called_it(station: Station) -> None:
    City.objects.update(name="Twin Cities", name_ur="جڑواں شہر")
    assert [Place("city:lahore", ()).name_in(language) for language in ("en", "ur")] == ["Twin Cities", "جڑواں شہر"]
    assert Place("city:new-york", ()).name_in("ur") == "New York"


def test_a_condition_is_known_wherever_one_has_to_be() -> None:
    for known in (CONDITIONS, NEEDS, TEXTS, *EVENTS.values()):
        assert set(known) == set(Rule.Condition)


def test_all_that_a_condition_needs_stands_in_the_form() -> None:
    shown = {field for _, part in RuleAdmin.fieldsets for field in part["fields"]}
    assert {field for needs in NEEDS.values() for field in needs} <= shown


def test_what_open_alerts_know_of_their_rule_holds_after_an_upgrade() -> None:
    """Otherwise each that ends at the first look would be told as one whose rule was changed."""
    assert limit().terms == "8821d679"
