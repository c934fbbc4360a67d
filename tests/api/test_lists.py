"""Stations, readings and forecasts: lists page by page, and one of each."""

from datetime import timedelta
from typing import Any

import pytest

from detection.models import Forecast, Series
from ingestion.models import Station
from tests import cast, factories
from tests.api.conftest import Api, pages
from tests.commands import commands
from tests.factories import HOUR

pytestmark = pytest.mark.usefixtures("lahore")
NOW = factories.this_hour()


def test_stations_are_listed(api: Api) -> None:
    [[station]] = pages(api, "/stations")
    assert (station["slug"], station["name_ur"], station["expected_interval_seconds"]) == ("lahore", "لاہور", 3600)


def test_stations_of_a_city_are_listed(api: Api) -> None:
    factories.make_station(slug="karachi", city="karachi")
    assert [[one["slug"] for one in page] for page in pages(api, "/stations", city="karachi")] == [["karachi"]]


def test_a_private_station_is_seen_by_staff_alone(api: Api) -> None:
    Station.objects.update(is_public=False)
    factories.make_reading("lahore", NOW)
    factories.make_anomaly("lahore", NOW)
    staff = Api(cast.admin())
    assert pages(api, "/stations") == pages(api, "/anomalies") == [[]]
    assert len(pages(staff, "/stations")[0]) == len(pages(staff, "/anomalies")[0]) == 1
    for path in ("", "/readings", "/latest", "/forecast"):
        assert api.get(f"/stations/lahore{path}").status_code == 404
        assert staff.get(f"/stations/lahore{path}").status_code == 200


@pytest.mark.parametrize("path", ["/anomalies", "/models"])
def test_what_a_private_station_leaves_behind_stays_private(api: Api, path: str) -> None:
    factories.make_station(slug="plant", is_public=False)
    factories.make_anomaly("plant", NOW)
    factories.make_band("plant/pm2_5", NOW)
    before = api.get(path).json()
    Station.objects.filter(slug="plant").delete()
    assert "plant" not in str(before)
    assert api.get(path).json() == before


def test_a_private_sensor_gives_verdicts_to_staff_alone(api: Api) -> None:
    Station.objects.update(is_public=False)
    point = {"timestamp": NOW.isoformat(), "sensor_id": "lahore/pm2_5", "value": 9}
    assert api.post("/predict", point).json()["error"]["code"] == "unknown_sensor"
    assert Api(cast.admin()).post("/predict", point).status_code == 200


@pytest.mark.parametrize("sensor", ["lahore/pm2_5", "lahore/rain", "lahore"])
def test_a_private_station_is_refused_in_the_words_for_one_that_is_not_there(api: Api, sensor: str) -> None:
    Station.objects.update(is_public=False)
    Series.objects.create(key="lahore/no2", station="lahore", variable="no2")

    def refusals(asked: str) -> list[Any]:
        point = {"timestamp": NOW.isoformat(), "sensor_id": asked, "value": 9}
        answers = api.post("/predict", point), api.client.get("/model/info", {"sensor_id": asked})
        return [(answer.status_code, answer.json()) for answer in answers]

    assert str(refusals(sensor)) == str(refusals(sensor.replace("lahore", "nowhere"))).replace("nowhere", "lahore")
    point = {"timestamp": NOW.isoformat(), "sensor_id": "lahore/rain", "value": 9}
    assert "This station has: lahore/no2" in Api(cast.admin()).post("/predict", point).json()["error"]["message"]


def test_a_station_says_what_it_measures(api: Api) -> None:
    factories.make_reading("lahore", NOW)
    assert api.get("/stations/lahore").json()["variables"]["pm2_5"] == "µg/m³"


def test_readings_come_newest_first_page_by_page(api: Api) -> None:
    factories.make_readings("lahore", hours=7)
    found = pages(api, "/stations/lahore/readings", limit=3)
    assert [len(page) for page in found] == [3, 3, 1]
    times = [one["at"] for page in found for one in page]
    assert times == sorted(times, reverse=True)
    assert times[0] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"


def test_a_page_stays_whole_while_readings_arrive(api: Api) -> None:
    factories.make_readings("lahore", hours=4)
    first = api.get("/stations/lahore/readings", limit=2).json()
    factories.make_reading("lahore", NOW + HOUR)
    second = api.client.get(first["next"]).json()
    assert second["results"][0]["at"] == f"{NOW - 2 * HOUR:%Y-%m-%dT%H:%M:%SZ}"


def test_a_span_of_readings_includes_its_start_and_not_its_end(api: Api) -> None:
    factories.make_readings("lahore", hours=6)
    span = {"from": (NOW - 3 * HOUR).isoformat(), "to": f"{NOW - HOUR:%Y-%m-%dT%H:%M:%SZ}"}
    [page] = pages(api, "/stations/lahore/readings", **span)
    assert [one["at"] for one in page] == [f"{NOW - back * HOUR:%Y-%m-%dT%H:%M:%SZ}" for back in (2, 3)]


def test_means_pass_over_a_time_in_which_nothing_came(api: Api) -> None:
    """Fifty-seven pages without results lay between, and the first of them looked like the end."""
    for back in (0, 400):
        factories.make_reading("lahore", NOW - timedelta(days=back))
    assert [len(page) for page in pages(api, "/stations/lahore/readings", mean="daily", limit=7)] == [1, 1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"variable": ["pm2_5", "pm10"]}, "variable"),
        ({"from": ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]}, "from"),
    ],
)
def test_a_parameter_that_comes_twice_is_refused(api: Api, query: dict[str, Any], field: str) -> None:
    """The last one alone would count, and nobody would see that the first is missing."""
    answer = api.get("/anomalies", **query)
    told = answer.json()["error"]
    assert (answer.status_code, told["field"]) == (400, field)
    assert "comes 2 times" in told["message"]


@pytest.mark.parametrize(
    ("query", "field"),
    [({"format": "csv", "cursor": "a"}, "cursor"), ({"format": "csv", "limit": 5}, "limit"),
     ({"mean": "daily", "cursor": "a"}, "cursor")],
)  # fmt: skip
def test_a_parameter_that_would_change_nothing_is_refused(api: Api, query: dict[str, Any], field: str) -> None:
    answer = api.get("/stations/lahore/readings", **query)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)
    assert f"Leave the {field} out" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-01-01T00:00:00"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "to"),
        ({"limit": "0"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "xyz"}, "cursor"),
        ({"cursor": "eyJ4IjogMX0"}, "cursor"),
        ({"cursor": "W3siJGd0IjogIiJ9XQ"}, "cursor"),  # [{"$gt": ""}]
        ({"cursor": "WyJcdWQ4MDAiXQ"}, "cursor"),  # ["\ud800"], the first half of a character
        ({"cursor": "WyJcdWRmZmYiXQ"}, "cursor"),  # ["\udfff"], the last one
        ({"cursor": "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMF0"}, "cursor"),  # [10 ** 23]: no database reads it
    ],
)
def test_a_bad_parameter_is_named(api: Api, query: dict[str, str], field: str) -> None:
    answer = api.get("/stations/lahore/readings", **query)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)


@pytest.mark.usefixtures("within_the_hour")
def test_the_latest_reading_has_its_index_in_words(api: Api) -> None:
    factories.make_readings("lahore", hours=3)
    latest = api.get("/stations/lahore/latest").json()
    assert latest["index"]["category"] == "unhealthy"
    assert (latest["index"]["standard"], latest["index"]["index"], latest["is_recording"]) == ("us_epa", 170, False)
    assert latest["age_seconds"] == 1800


def test_a_station_without_readings_has_no_latest(api: Api) -> None:
    answer = api.get("/stations/lahore/latest")
    assert answer.status_code == 404
    assert "sent nothing yet" in answer.json()["error"]["message"]


def test_a_forecast_that_was_issued_is_given(api: Api) -> None:
    factories.make_forecast("lahore/pm2_5", NOW - HOUR)
    forecast = api.get("/stations/lahore/forecast", hours=24).json()
    assert (forecast["source"], forecast["variable"], len(forecast["points"])) == ("forecast", "pm2_5", 24)
    assert forecast["points"][0]["lower"] < forecast["points"][0]["expected"] < forecast["points"][0]["upper"]


def test_a_forecast_says_how_likely_each_category_is(api: Api) -> None:
    made = factories.make_forecast("lahore/pm2_5", NOW - HOUR)
    rows = len(made.quantiles["q50"])
    categories = {"standard": "us_epa", "codes": ["good", "moderate"], "aqi": [42] * rows}
    Forecast.objects.filter(pk=made.pk).update(categories={**categories, "probabilities": [[0.7, 0.3]] * rows})
    point = api.get("/stations/lahore/forecast", hours=24).json()["points"][0]
    assert (point["aqi"], point["probabilities"]) == (42, {"good": 0.7, "moderate": 0.3})


def test_without_a_forecast_the_band_is_given_and_named(api: Api) -> None:
    forecast = api.get("/stations/lahore/forecast", hours=24).json()
    assert (forecast["source"], forecast["issued_at"], len(forecast["points"])) == ("band", None, 24)


def test_a_variable_that_is_not_modelled_is_refused(api: Api) -> None:
    answer = api.get("/stations/lahore/forecast", variable="rain")
    assert answer.status_code == 404
    assert "It has: pm2_5" in answer.json()["error"]["message"]


def test_an_address_that_is_none_says_where_to_look(api: Api) -> None:
    answer = api.get("/nix")
    assert answer.status_code == 404
    assert "/api/docs" in answer.json()["error"]["message"]


def test_a_wrong_method_names_the_right_one(api: Api) -> None:
    answer = api.get("/predict")
    assert answer.status_code == 405
    assert "POST" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "count"),
    [("/stations", 2), ("/stations/lahore/readings", 3), ("/anomalies", 2), ("/stations/lahore/forecast", 8)],
)
def test_a_list_costs_what_it_did(api: Api, path: str, count: int) -> None:
    factories.make_readings("lahore", hours=30)
    factories.make_anomaly("lahore", NOW)
    with commands() as sent:
        api.get(path)
    assert len(sent) == count, sent
