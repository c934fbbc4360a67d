"""OpenWeather's answers as recorded, and what goes wrong in them."""

import copy
import csv
import json
from datetime import UTC, datetime, timedelta

import pytest

from ingestion.providers.errors import Kind, ProviderError
from ingestion.providers.openweather.parse import check_place, coordinates, parse, parse_observed
from tests.ingestion.conftest import DATA

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def two_hours(recorded):
    return copy.deepcopy(recorded("openweather_air_pollution_list_two_entries"))


def test_it_reads_a_recorded_current_answer(recorded):
    parsed = parse_observed(recorded("openweather_air_pollution_current_london"), NOW)
    [reading] = parsed.observations
    assert reading.at == datetime(2021, 1, 25, 18, tzinfo=UTC)
    assert reading.values == {
        "co": 250.34, "no": 0.19, "no2": 35.99, "o3": 30.76,
        "so2": 8.11, "pm2_5": 3.15, "pm10": 3.81, "nh3": 0.74,
    }  # fmt: skip
    assert (reading.provider, reading.rejected, parsed.rejected) == ("openweather", {}, [])


def test_it_reads_the_documented_shape_with_coordinates_as_array_and_a_float_index(recorded):
    answer = recorded("openweather_air_pollution_docs_example_coord_array")
    [reading] = parse_observed(answer, NOW).observations
    assert reading.values["pm2_5"] == 23.253
    assert reading.raw["main"]["aqi"] == 4.0
    assert coordinates(answer) == (50.0, 50.0)


def test_it_reads_integers_and_floats_alike(two_hours):
    first, second = parse_observed(two_hours, NOW).observations
    assert first.values["no"] == 0.0
    assert isinstance(first.values["no"], float)
    assert second.at - first.at == timedelta(hours=1)


def test_one_bad_item_is_skipped_and_its_neighbours_are_kept(two_hours):
    first, last = two_hours["list"]
    two_hours["list"] = [first, {"dt": first["dt"] + 60, "main": {"aqi": 1}}, last]
    parsed = parse_observed(two_hours, NOW)
    assert len(parsed.observations) == 2
    assert [rejected.reason for rejected in parsed.rejected] == ["the item has no 'components'"]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("a word", "the item is not built as it should be"),
        (None, "the item is not built as it should be"),
        ({"components": {"pm2_5": 1}}, "the item has no 'dt'"),
        ({"dt": "soon", "components": {"pm2_5": 1}}, "not a time: 'soon'"),
        ({"dt": None, "components": {"pm2_5": 1}}, "no usable time: None"),
        ({"dt": 1e300, "components": {"pm2_5": 1}}, "not a time: 1e+300"),
        ({"dt": 900000000, "components": {"pm2_5": 1}}, "the time 1998-07-09 16:00 UTC is before 2000"),
        ({"dt": 1900000000, "components": {"pm2_5": 1}}, "the time 2030-03-17 17:00 UTC is in the future"),
        ({"dt": 1613606400, "components": {}}, "no component holds a number"),
        ({"dt": 1613606400, "components": [1, 2]}, "the item is not built as it should be"),
    ],
)
def test_it_says_why_an_item_cannot_be_used(item, reason):
    parsed = parse_observed({"list": [item]}, NOW)
    assert (parsed.observations, parsed.rejected[0].item) == ([], item)
    assert parsed.rejected[0].reason == reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("12.5", "not a number: '12.5'"),
        (None, "no value was given"),
        (True, "not a number: True"),
        (float("nan"), "not a finite number: nan"),
        (10**400, "too large for a number: " + "1" + "0" * 58 + "…"),
    ],
)
def test_a_component_that_is_no_number_is_refused_alone(two_hours, value, reason):
    two_hours["list"][0]["components"]["pm2_5"] = value
    first, second = parse_observed(two_hours, NOW).observations
    assert first.rejected == {"pm2_5": reason}
    assert "pm2_5" not in first.values
    assert first.values["pm10"] == 1.9
    assert second.values["pm2_5"] == 1.92


def test_a_missing_component_is_named(two_hours):
    del two_hours["list"][0]["components"]["nh3"]
    assert parse_observed(two_hours, NOW).observations[0].rejected == {"nh3": "missing in the answer"}


def test_it_tells_forecast_from_observation(two_hours):
    between = datetime.fromtimestamp(two_hours["list"][0]["dt"] + 60, UTC)
    parsed = parse(two_hours, between)
    assert [len(parsed.observations), len(parsed.forecast)] == [1, 1]
    assert parsed.forecast[0].at > between


def test_a_live_answer_belongs_to_its_hour(two_hours):
    two_hours["list"] = [two_hours["list"][0] | {"dt": 1613606400 + 932}]
    assert parse_observed(two_hours, NOW).observations[0].at == datetime(2021, 2, 18, 0, tzinfo=UTC)


def test_a_fraction_of_a_second_belongs_to_its_hour_too(two_hours):
    two_hours["list"] = [two_hours["list"][0] | {"dt": 1613606400.25}]
    assert parse_observed(two_hours, NOW).observations[0].at == datetime(2021, 2, 18, 0, tzinfo=UTC)


def test_an_hour_that_a_hasty_clock_has_begun_is_observed_and_one_further_ahead_is_refused(two_hours):
    first, second = two_hours["list"]
    ahead = datetime.fromtimestamp(first["dt"], UTC) - timedelta(minutes=30)
    parsed = parse_observed({"list": [first, second]}, ahead)
    assert [one.raw for one in parsed.observations] == [first]
    assert [one.item for one in parsed.rejected] == [second]
    assert parsed.forecast == []


@pytest.mark.parametrize("payload", [{}, [], None, {"cod": 200}, {"list": "none"}])
def test_an_answer_without_items_is_an_error(payload):
    with pytest.raises(ProviderError, match="without a list") as caught:
        parse_observed(payload, NOW)
    assert (caught.value.kind, caught.value.permanent) == (Kind.MALFORMED, False)


def test_it_notices_an_answer_for_another_place(recorded):
    london = recorded("openweather_air_pollution_current_london")
    check_place(london, 51.5, -0.13)
    check_place({"list": []}, 31.55, 74.34)
    with pytest.raises(ProviderError, match="not for the place"):
        check_place(london, 31.55, 74.34)


@pytest.mark.parametrize(
    ("latitude", "longitude", "is_there"),
    [(31.9, 74.0, True), (32.1, 74.34, False), (31.0, 74.34, False), (31.55, 74.9, False), (31.55, 73.8, False)],
)
def test_half_a_degree_away_is_the_same_place_and_farther_is_not(latitude, longitude, is_there):
    answer = {"coord": {"lat": latitude, "lon": longitude}, "list": []}
    if is_there:
        check_place(answer, 31.55, 74.34)
        return
    with pytest.raises(ProviderError, match=f"answered for {latitude:.2f}, {longitude:.2f}, not for the place"):
        check_place(answer, 31.55, 74.34)


def test_every_row_with_an_observed_defect_is_read_with_its_defect():
    """Sentinels and zeros are numbers: they are kept here, and the quality step flags them."""
    with (DATA / "openweather_observed_defects_lahore.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    parsed = parse_observed(json.loads(json.dumps({"list": [as_item(row) for row in rows]})), NOW)
    assert [len(rows), len(parsed.observations), len(parsed.rejected)] == [19, 19, 0]
    assert parsed.observations[0].values["o3"] == -9999.0
    assert parsed.observations[2].raw["main"]["aqi"] == 4.3333611488342285
    assert parsed.observations[4].rejected["no"] == "no value was given"


def as_item(row):
    codes = ("co", "no", "no2", "o3", "so2", "pm2_5", "pm10", "nh3")
    at = datetime.fromisoformat(row["ts_utc"]).replace(tzinfo=UTC)
    return {
        "dt": int(at.timestamp()),
        "main": {"aqi": float(row["ow_aqi"]) if row["ow_aqi"] else None},
        "components": {code: float(row[code]) if row[code] else None for code in codes},
    }
