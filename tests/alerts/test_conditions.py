"""What each condition sees."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.formats import date_format

from alerts import engine
from alerts.conditions import Seen
from alerts.conditions import now as see
from alerts.conditions.forecast import probabilities_over
from alerts.models import Alert, Message, Rule
from alerts.places import places_of
from alerts.rules.checks import problems
from alerts.state_machine import Sight
from aqi_project import clock
from detection.models import Anomaly, Forecast
from ingestion.models import Reading, Station

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
Measure = Callable[..., Reading]
QUANTILES = {"q025": 50, "q10": 60, "q25": 80, "q50": 100, "q75": 140, "q90": 200, "q975": 300}


def limit_rule(**changes: Any) -> Rule:
    values = {
        "slug": "limit",
        "name": "Bad air",
        "condition": Rule.Condition.LIMIT,
        "limits": [151, 201, 301],
        "recover_for": timedelta(0),
        "cooldown": timedelta(0),
    }
    return Rule.objects.create(**{**values, **changes})


def levels(seen: Seen) -> tuple[int, int]:
    return seen.observation.level, seen.observation.calm_level


@pytest.mark.parametrize(("aqi", "level"), [(151, 0), (152, 1), (201, 1), (202, 2), (302, 3), (1800, 3)])
def test_a_level_begins_above_its_limit(
    station: Station, measure: Measure, now: datetime, aqi: int, level: int
) -> None:
    measure(aqi=aqi)
    assert see(limit_rule(), station, now).observation.level == level


def test_the_short_mean_raises_and_the_longer_one_holds(station: Station, measure: Measure, now: datetime) -> None:
    for ago, aqi in enumerate([100, 310, 310]):
        measure(ago, aqi=aqi)
    assert levels(see(limit_rule(), station, now)) == (0, 2)


def test_what_the_longer_mean_holds_is_told_with_its_value(station: Station, measure: Measure, now: datetime) -> None:
    for ago, aqi in enumerate([100, 310, 310]):
        measure(ago, aqi=aqi)
    facts = see(limit_rule(), station, now).told(2)
    assert (facts["value"], facts["limit"], facts["mean_hours"]) == (240, 201, 3)


def test_a_city_tells_a_value_that_is_over_its_limit(station: Station, measure: Measure) -> None:
    Station.objects.create(slug="b", name="b", city="lahore")
    for ago, aqi in enumerate([140, 310, 310]):
        measure(ago, aqi=aqi, slug="b")
        measure(ago, aqi=145)
    rule = limit_rule(scope=Rule.Scope.CITY)
    seen = engine.look(rule, *places_of(rule))
    assert levels(seen) == (0, 2)
    told = seen.told(2)
    assert told["value"] > told["limit"]
    assert told["stations"] == []


def test_a_mean_with_too_few_values_says_nothing(station: Station, measure: Measure, now: datetime) -> None:
    measure(aqi=300)
    measure(1, aqi=300)
    rule = limit_rule(short_mean=timedelta(hours=8))
    assert see(rule, station, now).observation.sight is Sight.NO_DATA


def test_a_concentration_is_compared_in_its_unit(station: Station, measure: Measure, now: datetime) -> None:
    measure(pm2_5=155.0)
    seen = see(limit_rule(variable="pm2_5", limits=[150]), station, now)
    assert levels(seen) == (1, 0)
    assert seen.facts["value"] == 155.0


def test_a_doubted_value_does_not_count(station: Station, measure: Measure, now: datetime) -> None:
    measure(pm2_5=900.0)
    Reading.objects.update(flags={"pm2_5": "stuck"})
    rule = limit_rule(variable="pm2_5", limits=[150])
    assert see(rule, station, now).observation.sight is Sight.NO_DATA


def test_another_standard_has_its_own_index(station: Station, measure: Measure, now: datetime) -> None:
    for ago in range(24):
        measure(ago, aqi=230, pm2_5=180.0)
    seen = see(limit_rule(standard="india_cpcb", limits=[300]), station, now)
    assert seen.facts["value"] == pytest.approx(350, abs=5)
    assert seen.observation.level == 1


def test_old_readings_are_no_data(station: Station, measure: Measure, now: datetime) -> None:
    measure(5, aqi=300)
    rule = limit_rule(short_mean=timedelta(hours=24), long_mean=timedelta(hours=24))
    assert see(rule, station, now).observation.sight is Sight.NO_DATA


def test_an_event_of_a_station_that_fell_silent_is_not_over(
    station: Station, measure: Measure, now: datetime, happen: Callable[..., Anomaly]
) -> None:
    happen(start=now - 6 * HOUR, last_at=now - 5 * HOUR, end=now - 5 * HOUR, processed_revision=1)
    rule = limit_rule(condition=Rule.Condition.ANOMALY)
    assert see(rule, station, now).observation.sight is Sight.CLEAR
    assert see(rule, station, now + 4 * HOUR).observation.sight is Sight.NO_DATA


def test_an_event_that_nobody_has_seen_is_told_though_the_station_fell_silent(
    station: Station, now: datetime, happen: Callable[..., Anomaly]
) -> None:
    happen()
    rule = limit_rule(condition=Rule.Condition.ANOMALY)
    assert see(rule, station, now + 4 * HOUR).observation.level == 4


def test_a_station_that_fell_silent_is_noticed_after_three_intervals(
    station: Station, measure: Measure, now: datetime
) -> None:
    rule = Rule.objects.create(slug="silent", name="Silent", condition=Rule.Condition.NO_DATA)
    measure(3)
    assert see(rule, station, now).observation.level == 0
    assert see(rule, station, now + timedelta(seconds=1)).observation.level == 1


@pytest.mark.parametrize(
    ("ago", "told"), [(30 * 24, "Nothing has come from Lahore since {at}."), (None, "Nothing has come from Lahore.")]
)
def test_a_long_silence_is_told_with_its_beginning(
    station: Station, measure: Measure, now: datetime, ago: int | None, told: str
) -> None:
    if ago:
        measure(ago, aqi=100)
    rule = Rule.objects.create(slug="silent", name="Silent", condition=Rule.Condition.NO_DATA)
    message = engine.evaluate(rule, *places_of(rule))
    began = (now - (ago or 0) * HOUR).astimezone(station.zone)
    assert message is not None
    assert message.text_en == told.format(at=date_format(began, "j F Y, H:i"))


def test_a_station_that_differs_from_its_city_is_noticed(station: Station, measure: Measure, now: datetime) -> None:
    rule = Rule.objects.create(slug="differs", name="Differs", condition=Rule.Condition.DISAGREEMENT, variable="pm2_5")
    for slug, value in (("b", 100.0), ("c", 110.0)):
        Station.objects.create(slug=slug, name=slug, city="lahore")
        measure(slug=slug, pm2_5=value)
    measure(pm2_5=215.0)
    seen = see(rule, station, now)
    assert seen.observation.level == 1
    assert seen.facts["ratio"] == pytest.approx(215 / 105)
    assert see(rule, Station.objects.get(slug="b"), now).observation.level == 0


def test_a_station_alone_in_its_city_cannot_disagree(station: Station, measure: Measure, now: datetime) -> None:
    rule = Rule.objects.create(slug="differs", name="Differs", condition=Rule.Condition.DISAGREEMENT, variable="pm2_5")
    measure(pm2_5=215.0)
    assert see(rule, station, now).observation.sight is Sight.NO_DATA


@pytest.mark.parametrize(("limit", "chance"), [(40, 0.975), (100, 0.5), (120, 0.375), (200, 0.1), (999, 0.025)])
def test_a_probability_is_read_between_the_quantiles(limit: float, chance: float) -> None:
    quantiles = {name: [value] for name, value in QUANTILES.items()}
    assert probabilities_over(quantiles, limit) == pytest.approx([chance])


def forecast(issued_at: datetime, factors: list[float]) -> Forecast:
    quantiles = {name: [value * factor for factor in factors] for name, value in QUANTILES.items()}
    return Forecast.objects.create(
        series="lahore/pm2_5", issued_at=issued_at, model_version=1, start=issued_at + HOUR, quantiles=quantiles
    )


def test_a_forecast_counts_within_its_horizon_and_at_its_probability(station: Station, now: datetime) -> None:
    forecast(now, [0.5, 1.0, 3.0])
    rule = limit_rule(
        condition=Rule.Condition.FORECAST, variable="pm2_5", limits=[100], probability=0.5, horizon=timedelta(hours=2)
    )
    seen = see(rule, station, now)
    assert seen.observation.level == 1
    assert seen.facts["expected_at"] == (now + 2 * HOUR).isoformat()
    rule.probability = 0.51
    assert see(rule, station, now).observation.level == 0
    rule.horizon = timedelta(hours=3)
    assert see(rule, station, now).observation.level == 1


def test_an_old_forecast_is_no_data(station: Station, now: datetime) -> None:
    forecast(now - 7 * HOUR, [3.0] * 24)
    rule = limit_rule(condition=Rule.Condition.FORECAST, variable="pm2_5", limits=[100])
    assert see(rule, station, now).observation.sight is Sight.NO_DATA


def test_a_city_has_the_level_that_half_of_its_stations_reach(station: Station, measure: Measure) -> None:
    for slug, aqi in (("b", 250), ("c", 160), ("d", 90)):
        Station.objects.create(slug=slug, name=slug, city="lahore")
        measure(slug=slug, aqi=aqi)
    measure(aqi=90)
    rule = limit_rule(scope=Rule.Scope.CITY)
    (place,) = places_of(rule)
    seen = engine.look(rule, place)
    assert place.key == "city:lahore"
    assert seen.observation.level == 1
    assert sorted(seen.facts["stations"]) == ["b", "c"]


def test_a_city_with_most_stations_silent_has_no_data(station: Station, measure: Measure) -> None:
    for slug in ("b", "c"):
        Station.objects.create(slug=slug, name=slug, city="lahore")
    measure(aqi=400)
    rule = limit_rule(scope=Rule.Scope.CITY)
    (place,) = places_of(rule)
    assert engine.look(rule, place).observation.sight is Sight.NO_DATA


def test_a_silent_city_is_told_by_the_clock_of_its_readings(station: Station, measure: Measure, now: datetime) -> None:
    began = {"replay_started_at": clock.now(), "replay_from": now - 300 * HOUR, "replay_shift": timedelta(0)}
    Station.objects.update(provider=Station.Provider.REPLAY, replay_speed=1, **began)
    measure(300, aqi=250)
    rule = limit_rule(scope=Rule.Scope.CITY)
    assert engine.evaluate(rule, *places_of(rule)) is not None
    Station.objects.update(replay_from=now - 290 * HOUR)
    lost = engine.evaluate(rule, *places_of(rule))
    assert lost is not None
    assert lost.state == Alert.States.NO_DATA
    assert lost.about - (now - 290 * HOUR) < HOUR


def test_a_rule_that_cannot_be_evaluated_shows_why_and_harms_no_other(station: Station, measure: Measure) -> None:
    measure(aqi=400)
    broken = limit_rule(standard="nonsense")
    (place,) = places_of(broken)
    engine.evaluate(broken, place)
    alert = Alert.objects.get()
    assert alert.state == "error"
    assert "nonsense" in alert.error
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"limits": []}, "limits"),
        ({"limits": [300, 200]}, "limits"),
        ({"limits": ["high"]}, "limits"),
        ({"limits": [float("nan")]}, "limits"),
        ({"limits": [150, float("inf")]}, "limits"),
        ({"cooldown": -HOUR}, "cooldown"),
        ({"stations": ["nowhere"]}, "stations"),
        ({"variable": "smell"}, "variable"),
        ({"condition": "forecast"}, "variable"),
        ({"standard": "none such"}, "standard"),
        ({"channels": ["pigeon"]}, "channels"),
        ({"condition": "anomaly", "kinds": ["odd"]}, "kinds"),
        ({"template_en": "{% if %}"}, "template_en"),
    ],
)
def test_a_wrong_rule_is_told_what_to_change(station: Station, changes: dict[str, Any], field: str) -> None:
    values = {"slug": "x", "name": "x", "condition": Rule.Condition.LIMIT, "limits": [100]}
    assert list(problems(Rule(**{**values, **changes}))) == [field]


def test_a_right_rule_passes(station: Station) -> None:
    assert problems(limit_rule()) == {}
