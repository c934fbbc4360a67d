"""Readings and their means as one long table."""

import csv
import tracemalloc
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ingestion.api import export, means
from ingestion.models import Station
from tests import factories
from tests.api.conftest import Api
from tests.commands import commands
from tests.factories import HOUR

pytestmark = pytest.mark.usefixtures("lahore")
NOW = factories.this_hour()


def rows_of(api: Api, **query: Any) -> list[dict[str, str]]:
    answer = api.get("/stations/lahore/readings", format="csv", **query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(StringIO(answer.getvalue().decode())))


def test_each_line_says_all_that_a_stranger_must_know(api: Api) -> None:
    factories.make_reading("lahore", NOW, flags={"pm10": "jump: too much"}, pm2_5=42.5)
    rows = {row["variable"]: row for row in rows_of(api)}
    assert rows["pm2_5"] == {
        "station": "lahore", "at": f"{NOW:%Y-%m-%dT%H:%M:%SZ}", "variable": "pm2_5", "value": "42.5", "unit": "µg/m³",
        "averaging_period": "PT1H", "aqi": "170", "flag": "", "revision": "1", "source": "openweather",
        "licence": "ODbL-1.0, data © OpenWeather",
    }  # fmt: skip
    assert rows["pm10"]["flag"] == "jump: too much"


def test_who_asks_for_csv_may_accept_csv_alone(api: Api) -> None:
    factories.make_reading("lahore", NOW)
    address = "/api/v1/stations/lahore/readings"
    told = {"format": "csv"}
    assert api.client.get(address, told, HTTP_ACCEPT="text/csv")["Content-Type"] == "text/csv; charset=utf-8"
    refused = api.client.get(address, told | {"from": "yesterday"}, HTTP_ACCEPT="text/csv")
    assert (refused.status_code, refused.json()["error"]["field"]) == (400, "from")
    unasked = api.client.get(address, HTTP_ACCEPT="text/csv")
    assert (unasked.status_code, "?format=csv" in unasked.json()["error"]["message"]) == (406, True)


def test_who_asks_for_a_page_of_csv_hears_that_it_has_none(api: Api) -> None:
    factories.make_readings("lahore", hours=6)
    second = parse_qs(urlsplit(api.get("/stations/lahore/readings", limit=2).json()["next"]).query)["cursor"][0]
    refused = api.get("/stations/lahore/readings", format="csv", cursor=second)
    assert (refused.status_code, refused.json()["error"]["field"]) == (400, "cursor")
    assert "CSV has no pages" in refused.json()["error"]["message"]


def test_the_span_is_given_oldest_first(api: Api) -> None:
    factories.make_readings("lahore", hours=6)
    times = [row["at"] for row in rows_of(api, **{"from": (NOW - 3 * HOUR).isoformat()}) if row["variable"] == "co"]
    assert times == [f"{NOW - back * HOUR:%Y-%m-%dT%H:%M:%SZ}" for back in (3, 2, 1, 0)]


def test_an_export_holds_a_part_in_memory_at_a_time(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "FETCHED", 50)
    factories.make_readings("lahore", hours=400)
    tracemalloc.start()
    largest = max(len(part) for part in export.csv_lines(Station.objects.get(), {}))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert largest < 20_000
    assert peak < 5_000_000


def test_hourly_and_daily_means_leave_doubtful_values_out(api: Api) -> None:
    midnight = (NOW - timedelta(days=2)).replace(hour=19)  # midnight in Lahore
    for hour, value in enumerate((10, 20, 90)):
        flags = {"pm2_5": "jump"} if value == 90 else {}
        factories.make_reading("lahore", midnight + hour * HOUR, pm2_5=value, flags=flags)
    [day] = api.get("/stations/lahore/readings", mean="daily").json()["results"]
    assert day["at"] == f"{midnight:%Y-%m-%dT%H:%M:%SZ}"
    assert (day["values"]["pm2_5"], day["counts"]["pm2_5"], day["counts"]["pm10"]) == (15.0, 2, 3)
    hours = api.get("/stations/lahore/readings", mean="hourly", limit=2).json()
    assert [one["values"].get("pm2_5") for one in hours["results"]] == [None, 20.0]
    assert len(api.client.get(hours["next"]).json()["results"]) == 1


def test_a_mean_has_no_more_digits_than_its_values(api: Api) -> None:
    midnight = (NOW - timedelta(days=2)).replace(hour=19)  # midnight in Lahore
    for hour, value in enumerate([149.98, 154.82]):  # their sum is 304.79999999999995
        factories.make_reading("lahore", midnight + hour * HOUR, values={"pm2_5": value})
    [day] = api.get("/stations/lahore/readings", mean="daily", limit=1).json()["results"]
    assert day["values"] == {"pm2_5": 152.4}


def test_means_are_exported_too_oldest_first_window_by_window(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(means, "WINDOW", 2)
    midnight = (NOW - timedelta(days=6)).replace(hour=19)  # midnight in Lahore
    for hour in range(5 * 24):
        flags = {"pm2_5": "jump"} if hour == 3 else {}
        factories.make_reading("lahore", midnight + hour * HOUR, pm2_5=10.0 + hour // 24, flags=flags)
    rows = [row for row in rows_of(api, mean="daily") if row["variable"] == "pm2_5"]
    assert [float(row["mean"]) for row in rows] == [10, 11, 12, 13, 14]
    assert rows[0] == {
        "station": "lahore", "at": f"{midnight:%Y-%m-%dT%H:%M:%SZ}", "variable": "pm2_5", "mean": "10.0",
        "lowest": "10.0", "highest": "10.0", "count": "23", "unit": "µg/m³", "averaging_period": "P1D",
        "source": "openweather", "licence": "ODbL-1.0, data © OpenWeather",
    }  # fmt: skip
    assert len(rows_of(api, mean="hourly", **{"from": (midnight + 118 * HOUR).isoformat()})) == 12


@pytest.mark.parametrize("mean", ["hourly", "daily"])
@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", 3),
        ("0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z", 0),
        ("9999-12-31T23:00:00Z", "9999-12-31T23:59:59Z", 0),
    ],
)
def test_means_are_sought_where_there_are_readings(api: Api, mean: str, first: str, last: str, hours: int) -> None:
    factories.make_readings("lahore", hours=3)
    query = {"mean": mean, "from": first, "to": last}
    with commands() as sent:
        page = api.get("/stations/lahore/readings", **query).json()
        rows = rows_of(api, **query)
    assert page["next"] is None
    assert sum(one["counts"]["pm2_5"] for one in page["results"]) == hours
    assert sum(int(row["count"]) for row in rows if row["variable"] == "pm2_5") == hours
    assert len(sent) < 20


def test_means_of_no_readings_are_none(api: Api) -> None:
    assert api.get("/stations/lahore/readings", mean="daily", limit=1).json()["results"] == []
    assert rows_of(api, mean="daily") == []


def test_a_replay_is_exported_with_the_licence_of_what_it_plays(api: Api) -> None:
    Station.objects.update(provider="replay")
    factories.make_reading("lahore", NOW, provider="replay")
    assert {row["licence"] for row in rows_of(api)} == {"ODbL-1.0, data © OpenWeather"}
    factories.make_station(slug="played", provider="open_meteo")
    Station.objects.filter(slug="lahore").update(provider_ref="played")
    assert {row["licence"] for row in rows_of(api)} == {"CC-BY-4.0, data by Open-Meteo and CAMS"}


@pytest.mark.parametrize(
    ("interval", "period"),
    [
        (timedelta(hours=3), "PT3H"),
        (timedelta(minutes=15), "PT15M"),
        (timedelta(seconds=90), "PT90S"),
        (timedelta(milliseconds=500), "PT0.5S"),
    ],
)
def test_the_averaging_period_is_written_as_iso_8601_has_it(interval: timedelta, period: str) -> None:
    assert export.iso_period(interval) == period
