"""OpenAQ's answers as recorded: sensors, units, irregular times, -999."""

import copy
from datetime import UTC, datetime, timedelta

import pytest

from ingestion.providers.base import StationRef
from ingestion.providers.errors import Kind, ProviderError
from ingestion.providers.openaq import client
from ingestion.providers.openaq.parse import Sensor, parse_latest, parse_measurements, parse_sensors
from ingestion.quality.remarks import merge_duplicates
from tests.ingestion.turns import fetch_from
from tests.servers.provider import Answer

NOW = datetime(2025, 11, 26, 18, tzinfo=UTC)
PM25 = Sensor(3920, "pm2_5", "µg/m³")


@pytest.fixture
def sensors(recorded):
    return parse_sensors(recorded("openaq_v3_locations"))


@pytest.fixture
def latest(recorded):
    return copy.deepcopy(recorded("openaq_v3_location_latest"))


@pytest.fixture
def measurements(recorded):
    return copy.deepcopy(recorded("openaq_v3_measurements"))


def test_it_knows_the_sensors_of_a_location_by_our_codes(sensors):
    assert {sensor.code: sensor.unit for sensor in sensors} == {
        "no2": "ppm", "o3": "ppm", "so2": "ppm", "pm10": "µg/m³", "pm2_5": "µg/m³", "co": "ppm", "no": "ppm",
    }  # fmt: skip


def test_of_two_sensors_for_one_pollutant_the_same_one_is_always_taken(recorded):
    answer = copy.deepcopy(recorded("openaq_v3_locations"))
    twin = {"id": 99999, "parameter": {"id": 2, "name": "pm25", "units": "µg/m³"}}
    answer["results"][0]["sensors"].insert(0, twin)
    assert [sensor.id for sensor in parse_sensors(answer) if sensor.code == "pm2_5"] == [3920]


def joined(parsed):
    """Sensors report one by one; what they say of one time is joined when it is stored."""
    return sorted(merge_duplicates(parsed.observations)[0], key=lambda one: one.at)


def test_values_that_report_apart_become_readings_of_their_own_time(sensors, latest):
    old, new = joined(parse_latest(latest, sensors, NOW))
    assert (old.at, old.values.keys()) == (datetime(2025, 9, 19, 16, tzinfo=UTC), {"no"})
    assert (new.at, new.values.keys()) == (
        datetime(2025, 11, 26, 17, tzinfo=UTC),
        {"no2", "o3", "so2", "pm10", "pm2_5", "co"},
    )


def test_mixing_ratios_become_micrograms(sensors, latest):
    values = joined(parse_latest(latest, sensors, NOW))[-1].values
    assert values["no2"] == pytest.approx(13 * 46.0055 / 24.45)  # 0.013 ppm
    assert values["co"] == pytest.approx(100 * 28.010 / 24.45)  # 0.1 ppm
    assert values["pm2_5"] == 3.6


def test_minus_999_stays_what_it_is_whatever_the_unit(sensors, latest):
    for item in latest["results"]:
        item["value"] = -999
    values = joined(parse_latest(latest, sensors, NOW))[-1].values
    assert set(values.values()) == {-999.0}


def test_a_bad_item_is_skipped_with_its_reason_and_its_neighbours_are_kept(measurements):
    first, second = measurements["results"]
    measurements["results"] = [first, first | {"value": "6"}, first | {"period": None}, None, second]
    parsed = parse_measurements(measurements, PM25, NOW)
    assert [one.values["pm2_5"] for one in parsed.observations] == [6.0, 7.5]
    assert [one.reason for one in parsed.rejected] == [
        "not a number: '6'",
        "the item is not built as it should be",
        "the item is not built as it should be",
    ]


def test_measurements_are_stamped_with_the_end_of_their_period(measurements):
    ends = [one.at for one in parse_measurements(measurements, PM25, NOW).observations]
    assert ends == [datetime(2023, 10, 16, hour, tzinfo=UTC) for hour in (13, 14)]


@pytest.mark.parametrize("unit", ["ppm", "particles/cm³", "c", ""])
def test_an_unknown_unit_is_a_reason(measurements, unit):
    parsed = parse_measurements(measurements, Sensor(1, "pm2_5", unit), NOW)
    assert parsed.observations == []
    assert "cannot be converted" in parsed.rejected[0].reason


def test_an_irregular_cadence_is_kept_as_it_is(measurements):
    item = measurements["results"][0]
    minutes = (0, 17, 33, 51)
    at = datetime(2025, 11, 1, tzinfo=UTC)
    measurements["results"] = [
        item | {"period": {"datetimeTo": {"utc": (at + timedelta(minutes=m)).isoformat()}}} for m in minutes
    ]
    times = [one.at for one in parse_measurements(measurements, PM25, NOW).observations]
    assert times == [at + timedelta(minutes=m) for m in minutes]


def test_a_time_in_the_future_is_refused(measurements):
    parsed = parse_measurements(measurements, PM25, datetime(2023, 10, 16, 9, tzinfo=UTC))
    assert [one.reason for one in parsed.rejected] == [
        "the time 2023-10-16 13:00 UTC is in the future",
        "the time 2023-10-16 14:00 UTC is in the future",
    ]


def fetch(server, ask, ref="2178"):
    return fetch_from(server, "openaq", lambda provider: ask(provider, StationRef(ref=ref)), "the-key")


@pytest.fixture
def location(server, recorded):
    server.will("/v3/locations/2178", Answer(recorded("openaq_v3_locations")))
    return server


def test_a_poll_sends_the_key_in_its_header_and_leaves_stale_sensors_out(location, latest):
    now = datetime.now(UTC).replace(microsecond=0)
    for item in latest["results"][:6]:
        item["datetime"]["utc"] = now.isoformat()
    location.will("/v3/locations/2178/latest", Answer(latest))
    parsed = fetch(location, lambda provider, station: provider.fetch_current(station))
    assert [one.at for one in joined(parsed)] == [now]
    assert {asked.headers["X-API-Key"] for asked in location.asked} == {"the-key"}
    assert len(location.asked) == 2


def without_measurements(location):
    for sensor in (3916, 3917, 3918, 3919, 3920, 25227, 4272126, 4272226):
        location.will(f"/v3/sensors/{sensor}/measurements", Answer({"results": []}))


def test_history_reads_page_after_page_of_every_sensor(location, measurements, monkeypatch):
    monkeypatch.setattr(client, "PAGE", 2)
    start = datetime(2023, 10, 16, tzinfo=UTC)
    last_page = measurements | {"results": measurements["results"][:1]}
    without_measurements(location)
    location.will("/v3/sensors/3920/measurements", Answer(measurements), Answer(last_page))
    parsed = fetch(
        location, lambda provider, station: provider.fetch_history(station, start, start + timedelta(hours=14))
    )
    assert [one.values for one in joined(parsed)] == [{"pm2_5": 6.0}]  # 14:00 is the end, and not within
    pages = [asked.query["page"] for asked in location.asked if "3920" in asked.path]
    assert pages == ["1", "2"]


def test_history_asks_from_just_before_its_start_which_the_provider_leaves_out(location, monkeypatch):
    """OpenAQ answers with what is later than `datetime_from`: a gap of one hour would never be filled."""
    without_measurements(location)
    start = datetime(2023, 10, 16, 13, tzinfo=UTC)
    fetch(location, lambda provider, station: provider.fetch_history(station, start, start + timedelta(hours=1)))
    spans = {(asked.query["datetime_from"], asked.query["datetime_to"]) for asked in location.asked[1:]}
    assert spans == {("2023-10-16T12:59:59+00:00", "2023-10-16T14:00:00+00:00")}


def test_a_server_that_sends_one_page_for_ever_is_an_error(location, measurements, monkeypatch):
    monkeypatch.setattr(client, "PAGE", 2)
    location.will("/v3/sensors/3916/measurements", Answer(measurements))
    start = datetime(2023, 10, 16, tzinfo=UTC)
    with pytest.raises(ProviderError, match="the same page of measurements twice") as caught:
        fetch(location, lambda provider, station: provider.fetch_history(station, start, start + timedelta(hours=14)))
    assert caught.value.kind == Kind.MALFORMED
    assert len(location.asked) == 3


def test_a_station_without_a_number_says_what_to_set(server):
    with pytest.raises(ProviderError, match="knows places by number, not 'Lahore'") as caught:
        fetch(server, lambda provider, station: provider.fetch_current(station), ref="Lahore")
    assert (caught.value.kind, server.asked) == (Kind.REFUSED, [])


def test_an_answer_without_results_is_an_error(sensors):
    with pytest.raises(ProviderError, match="without a list of results"):
        parse_latest({"detail": "?"}, sensors, NOW)


def test_a_location_without_known_sensors_says_what_to_check(recorded):
    answer = copy.deepcopy(recorded("openaq_v3_locations"))
    answer["results"][0]["sensors"] = [{"id": 1, "parameter": {"name": "um003", "units": "particles/cm³"}}, "odd"]
    with pytest.raises(ProviderError, match="Check the station's reference") as caught:
        parse_sensors(answer)
    assert caught.value.permanent
