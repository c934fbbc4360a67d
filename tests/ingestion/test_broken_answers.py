"""Recorded answers, broken in a thousand random places: a parser either reads them or says what is wrong."""

import copy
import random
from datetime import UTC, datetime, timedelta

import pytest

from ingestion.observation import Rejected
from ingestion.providers.errors import ProviderError
from ingestion.providers.open_meteo import parse as open_meteo
from ingestion.providers.openaq import parse as openaq
from ingestion.providers.openweather import parse as openweather
from ingestion.providers.push import parse as push
from ingestion.quality.check import Checker
from ingestion.quality.spec import POLLUTANTS

NOW, HOUR = datetime(2027, 1, 1, tzinfo=UTC), timedelta(hours=1)
ODD = (None, True, "text", "", -1, 0, 10**400, 1e308, -9999, float("nan"), float("inf"), [], {}, [[]], {"a": {}})
SENSORS = [openaq.Sensor(3920, "pm2_5", "µg/m³"), openaq.Sensor(3916, "no2", "ppm")]
PUSHED = [{"station": "lahore", "timestamp": "2026-01-01T00:00:00Z", "values": {"no2": 4}, "units": {"no2": "ppb"}}]
PARSERS = {
    "openweather": ("openweather_air_pollution_list_two_entries", lambda a: openweather.parse_observed(a, NOW)),
    "openweather forecast": ("openweather_air_pollution_list_two_entries", lambda a: openweather.parse(a, NOW)),
    "openweather place": (
        "openweather_air_pollution_current_london",
        lambda a: openweather.check_place(a, 51.5, -0.1),
    ),
    "open_meteo": ("openmeteo_air_quality_lahore_hourly", lambda a: open_meteo.parse(a, NOW)),
    "openaq sensors": ("openaq_v3_locations", openaq.parse_sensors),
    "openaq latest": ("openaq_v3_location_latest", lambda a: openaq.parse_latest(a, SENSORS, NOW)),
    "openaq measurements": ("openaq_v3_measurements", lambda a: openaq.parse_measurements(a, SENSORS[0], NOW)),
}


def places(node, path=()):
    """The path of every value inside `node`."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def broken(answer, chance):
    """A copy of `answer` in which one value is odd or missing."""
    answer = copy.deepcopy(answer)
    *path, last = chance.choice(list(places(answer)))
    node = answer
    for key in path:
        node = node[key]
    if chance.random() < 0.25:
        del node[last]
    else:
        node[last] = chance.choice(ODD)
    return answer


@pytest.mark.parametrize("name", PARSERS)
def test_whatever_comes_is_read_or_refused_in_words(name, recorded):
    fixture, parse = PARSERS[name]
    chance = random.Random(name)
    for _ in range(400):
        reasons = reasons_of(parse, broken(broken(recorded(fixture), chance), chance))
        assert all(reasons)


def reasons_of(parse, answer):
    """What a parser has to say against an answer. Any other exception than its own is a bug."""
    try:
        return [one.reason for one in getattr(parse(answer), "rejected", [])]
    except ProviderError as error:
        return [error.sentence]


def test_whatever_is_pushed_is_answered_item_by_item():
    chance = random.Random(1)
    for _ in range(1000):
        items = broken(PUSHED, chance)
        answers = push.parse(items, NOW)
        assert len(answers) == len(items)
        assert all(answer.reason for answer in answers if isinstance(answer, Rejected))


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_an_answer_that_is_no_object_at_all_is_an_error(odd):
    for parse in (openweather.parse, open_meteo.parse):
        with pytest.raises(ProviderError):
            parse(odd, NOW)


def test_what_was_read_can_always_be_checked(recorded):
    checker = Checker(POLLUTANTS, HOUR)
    chance = random.Random(2)
    for _ in range(200):
        answer = broken(recorded("openweather_air_pollution_list_two_entries"), chance)
        try:
            parsed = openweather.parse_observed(answer, NOW)
        except ProviderError:
            continue
        assert len(checker.check(parsed.observations)) == len(parsed.observations)
