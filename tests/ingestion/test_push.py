"""Pushed items: one answer each, and a sentence for whoever sent a bad one."""

from datetime import UTC, datetime, timedelta

import pytest

from ingestion.observation import Rejected
from ingestion.providers.push.parse import Pushed, parse

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)


def item(**changes):
    return {"station": "lahore", "timestamp": "2026-01-10T11:00:00Z", "values": {"pm2_5": 42}} | changes


def test_a_good_item_is_taken():
    [pushed] = parse([item()], NOW)
    assert isinstance(pushed, Pushed)
    assert (pushed.station, pushed.observation.at) == ("lahore", NOW - timedelta(hours=1))
    assert (pushed.observation.values, pushed.observation.provider) == ({"pm2_5": 42.0}, "push")


@pytest.mark.parametrize("timestamp", ["2026-01-10T16:00:00+05:00", "2026-01-10 16:00+0500", 1768042800, 1768042800.0])
def test_a_time_may_have_any_offset_or_be_seconds(timestamp):
    [pushed] = parse([item(timestamp=timestamp)], NOW)
    assert isinstance(pushed, Pushed)
    assert pushed.observation.at == NOW - timedelta(hours=1)


def test_a_clock_may_be_an_hour_ahead():
    [pushed] = parse([item(timestamp="2026-01-10T13:00:00Z")], NOW)
    assert isinstance(pushed, Pushed)


def test_an_item_may_hold_sixty_four_values():
    [pushed] = parse([item(values={f"v{number}": number for number in range(64)})], NOW)
    assert isinstance(pushed, Pushed)
    assert len(pushed.observation.values) == 64


def test_units_are_converted_and_sentinels_are_not():
    given = item(
        values={"no2": 10, "temperature": 300, "co": -999, "co2": 415},
        units={"no2": "ppb", "temperature": "K", "co": "ppm", "co2": "ppm"},
    )
    [pushed] = parse([given], NOW)
    assert isinstance(pushed, Pushed)
    assert pushed.observation.values == {
        "no2": pytest.approx(10 * 46.0055 / 24.45),
        "temperature": pytest.approx(26.85),
        "co": -999.0,
        "co2": 415.0,
    }


def test_a_unit_that_is_none_of_the_variable_s_is_a_doubt_and_no_number():
    kept = {"pm2_5": "µg/m³", "temperature": "°C", "humidity": "%"}
    given = {"pm2_5": 42, "temperature": 21, "humidity": 40, "torque": 7}
    units = {"pm2_5": "furlong", "temperature": "ppm", "humidity": "%", "torque": "Nm"}
    [pushed] = parse([item(values=given, units=units)], NOW, kept)
    assert isinstance(pushed, Pushed)
    assert pushed.observation.values == {"humidity": 40.0, "torque": 7.0}
    assert pushed.observation.rejected["pm2_5"].startswith("The unit 'furlong' cannot be converted here.")
    assert pushed.observation.rejected["temperature"].startswith("The unit 'ppm' cannot be converted here.")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"station": None}, "no usable station: None"),
        ({"station": ""}, "no usable station: ''"),
        ({"station": {"$gt": ""}}, "no usable station: {'$gt': ''}"),
        ({"timestamp": "2026-01-10T11:00:00"}, "the time '2026-01-10T11:00:00' has no offset: end it with Z or +05:00"),
        ({"timestamp": "soonZ"}, "not a time: 'soonZ'"),
        ({"timestamp": None}, "no usable time: None"),
        ({"timestamp": "2026-01-10T14:00:00Z"}, "the time 2026-01-10 14:00 UTC is in the future"),
        ({"timestamp": "2026-01-10T13:00:01Z"}, "the time 2026-01-10 13:00 UTC is in the future"),
        ({"timestamp": "1970-01-01T00:00:00Z"}, "the time 1970-01-01 00:00 UTC is before 2000"),
        ({"values": {}}, "'values' holds 0 values; 1 to 64 can be taken"),
        ({"values": {f"v{i}": 1 for i in range(65)}}, "'values' holds 65 values; 1 to 64 can be taken"),
        ({"values": [1, 2]}, "the item is not built as it should be"),
        ({"values": {"$where": 1}}, "'$where' is no variable's code: use small letters, digits and _"),
        ({"values": {"pm2_5": "42"}}, "no value can be used: pm2_5: not a number: '42'"),
        ({"values": {"pm2_5": 1}, "units": 3}, "the item is not built as it should be"),
        ({"values": {"pm2_5": 1}, "units": {"pm2_5": 7}}, "the item is not built as it should be"),
    ],
)
def test_a_bad_item_is_refused_with_a_reason(changes, reason):
    [refused] = parse([item(**changes)], NOW)
    assert isinstance(refused, Rejected)
    assert refused.reason == reason


@pytest.mark.parametrize("missing", ["station", "timestamp", "values"])
def test_a_missing_key_is_named(missing):
    given = item()
    del given[missing]
    [refused] = parse([given], NOW)
    assert isinstance(refused, Rejected)
    assert refused.reason == f"the item has no {missing!r}"


def test_one_bad_item_fails_alone_and_answers_keep_their_order():
    answers = parse([item(), "a word", item(values={"pm2_5": None, "pm10": 60})], NOW)
    assert [type(answer).__name__ for answer in answers] == ["Pushed", "Rejected", "Pushed"]
    last = answers[2]
    assert isinstance(last, Pushed)
    assert (last.observation.values, last.observation.rejected) == ({"pm10": 60.0}, {"pm2_5": "no value was given"})
