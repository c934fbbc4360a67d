"""Open-Meteo's answers as recorded: columns, offsets, trailing nulls."""

import copy
from datetime import UTC, datetime, timedelta

import pytest

from ingestion.providers.errors import Kind, ProviderError
from ingestion.providers.open_meteo.parse import parse

NOON = datetime(2026, 10, 10, 7, 30, tzinfo=UTC)  # 12:30 in Lahore


@pytest.fixture
def lahore(recorded):
    return copy.deepcopy(recorded("openmeteo_air_quality_lahore_hourly"))


def test_it_reads_wall_time_into_utc(lahore):
    parsed = parse(lahore, NOON)
    assert parsed.observations[0].at == datetime(2026, 10, 7, 19, tzinfo=UTC)  # midnight in Lahore
    assert parsed.observations[0].values.keys() == {"pm2_5", "pm10"}


def test_the_current_hour_is_observed_and_the_next_is_forecast(lahore):
    parsed = parse(lahore, NOON)
    assert parsed.observations[-1].at == datetime(2026, 10, 10, 7, tzinfo=UTC)
    assert parsed.forecast[0].at == datetime(2026, 10, 10, 8, tzinfo=UTC)


def test_trailing_nulls_are_no_items(lahore):
    for name in ("pm2_5", "pm10"):
        lahore["hourly"][name][-42:] = [None] * 42
    parsed = parse(lahore, NOON)
    assert len(parsed.observations) + len(parsed.forecast) == len(lahore["hourly"]["time"]) - 42
    assert parsed.rejected == []


def test_a_single_null_is_refused_alone(lahore):
    lahore["hourly"]["pm10"][3] = None
    reading = parse(lahore, NOON).observations[3]
    assert reading.rejected == {"pm10": "no value was given"}
    assert "pm2_5" in reading.values


def test_text_in_place_of_a_number_and_of_a_time_is_refused(lahore):
    lahore["hourly"]["pm2_5"][0] = "high"
    lahore["hourly"]["time"][1] = "yesterday"
    parsed = parse(lahore, NOON)
    assert parsed.observations[0].rejected == {"pm2_5": "not a number: 'high'"}
    assert [rejected.reason for rejected in parsed.rejected] == ["not a time: 'yesterday'"]


def test_an_hour_without_a_single_number_is_refused_and_no_empty_reading(lahore):
    for name in ("pm2_5", "pm10"):
        lahore["hourly"][name][0] = "high"
    parsed = parse(lahore, NOON)
    assert [rejected.reason for rejected in parsed.rejected] == ["no component holds a number"]
    assert all(one.values for one in parsed.observations)


@pytest.mark.parametrize("told", [{}, {"utc_offset_seconds": 0}])
def test_wall_time_without_an_offset_is_utc(lahore, told):
    del lahore["utc_offset_seconds"]
    assert parse(lahore | told, NOON).observations[0].at == datetime(2026, 10, 8, tzinfo=UTC)


def test_it_reads_seconds_since_1970(lahore):
    start = datetime(2026, 10, 7, 19, tzinfo=UTC)
    lahore["hourly"]["time"] = [int((start + timedelta(hours=h)).timestamp()) for h in range(120)]
    assert parse(lahore, NOON).observations[0].at == start


def test_another_unit_is_an_error(lahore):
    lahore["hourly_units"]["pm10"] = "mg/m³"
    with pytest.raises(ProviderError, match="pm10 in mg/m³, not in µg/m³"):
        parse(lahore, NOON)


def test_a_column_of_another_length_is_an_error(lahore):
    lahore["hourly"]["pm10"].pop()
    with pytest.raises(ProviderError, match="does not fit its times"):
        parse(lahore, NOON)


@pytest.mark.parametrize("payload", [None, [], {}, {"hourly": {}}, {"hourly": {"time": 3}}])
def test_an_answer_without_hours_is_an_error(payload):
    with pytest.raises(ProviderError, match="without hourly columns") as caught:
        parse(payload, NOON)
    assert (caught.value.kind, caught.value.provider) == (Kind.MALFORMED, "open_meteo")


def test_an_answer_that_names_no_units_is_an_error(lahore):
    del lahore["hourly_units"]
    with pytest.raises(ProviderError, match="pm2_5 in None, not in µg/m³"):
        parse(lahore, NOON)


def test_a_column_that_is_none_is_an_error(lahore):
    lahore["hourly"]["pm10"] = "x" * len(lahore["hourly"]["time"])
    with pytest.raises(ProviderError, match="does not fit its times"):
        parse(lahore, NOON)


def test_an_answer_with_the_current_hour_alone_is_an_error(recorded):
    with pytest.raises(ProviderError, match="without hourly columns"):
        parse(recorded("openmeteo_air_quality_current_berlin"), NOON)
