"""Readings that sensors send."""

import gzip
import json
from typing import Any

import pytest

from aqi_project.api import keys
from ingestion.api.push import take_in
from ingestion.models import Reading, Station, Variable
from ingestion.storing.aside import switch
from tests import cast, factories
from tests.api.conftest import Api, with_key
from tests.factories import HOUR

NOW = factories.this_hour()


@pytest.fixture
def sensor(db: None) -> Api:
    """A machine that sends its own temperature."""
    factories.make_station(slug="temp-01", provider=Station.Provider.PUSH)
    return with_key([keys.INGEST], stations=["temp-01"])


def item(hours: int = 0, **changes: Any) -> dict[str, Any]:
    at = (NOW - hours * HOUR).isoformat()
    return {"station": "temp-01", "timestamp": at, "values": {"temperature": 70.5}} | changes


def test_pushed_readings_are_stored(sensor: Api) -> None:
    answer = sensor.post("/readings", [item(1), item(2)]).json()
    assert (answer["inserted"], answer["refused"]) == (2, 0)
    assert Reading.objects.get(at=NOW - HOUR).values == {"temperature": 70.5}


def test_sending_twice_changes_nothing_and_a_correction_is_a_revision(sensor: Api) -> None:
    sensor.post("/readings", [item(1)])
    assert sensor.post("/readings", [item(1)]).json()["results"] == [{"status": "unchanged"}]
    assert sensor.post("/readings", [item(1, values={"temperature": 71})]).json()["revised"] == 1
    assert Reading.objects.get().revision == 2


def test_a_time_with_microseconds_may_be_sent_twice_like_any_other(sensor: Api) -> None:
    fine = [item(timestamp=(NOW - HOUR).replace(microsecond=number).isoformat()) for number in (123_456, 123_999)]
    assert sensor.post("/readings", fine).json()["inserted"] == 2  # both were taken, into one reading
    assert sensor.post("/readings", fine).json()["unchanged"] == 2
    assert Reading.objects.get().at == (NOW - HOUR).replace(microsecond=123_000)


def test_a_bad_item_is_refused_alone(sensor: Api) -> None:
    answer = sensor.post("/readings", [item(1), {}, item(2, values={"temperature": "hot"}), item(3)]).json()
    assert [one["status"] for one in answer["results"]] == ["inserted", "refused", "refused", "inserted"]
    assert "'hot'" in answer["results"][2]["reason"]


def test_a_value_that_is_left_out_is_named(sensor: Api) -> None:
    answer = sensor.post("/readings", [item(1, values={"temperature": 70, "humidity": None})]).json()
    assert answer["results"] == [{"status": "inserted", "doubts": {"humidity": "no value was given"}}]


def test_a_station_of_another_key_is_refused(sensor: Api) -> None:
    factories.make_station(slug="temp-02", provider=Station.Provider.PUSH)
    factories.make_station(slug="polled")
    answer = sensor.post("/readings", [item(station=slug) for slug in ("temp-02", "polled", "nowhere")]).json()
    assert answer["refused"] == 3
    assert "that this key may write to" in answer["results"][0]["reason"]
    assert not Reading.objects.exists()


def test_a_station_that_gets_another_source_meanwhile_has_its_items_refused(sensor: Api) -> None:
    factories.make_station(slug="temp-02", provider=Station.Provider.PUSH)

    def switches(slug: str) -> bool:
        if slug == "temp-01":
            switch(Station.objects.get(slug=slug), Station.Provider.OPENAQ)
        return True

    first, second = take_in([item(1), item(1, station="temp-02")], switches)
    assert first["status"] == "refused"
    assert "another source" in first["reason"]
    assert second == {"status": "inserted"}
    assert [reading.station for reading in Reading.objects.all()] == ["temp-02"]


def packed(sensor: Api, body: bytes, encoding: str = "gzip") -> Any:
    return sensor.post("/readings", body, **{"Content-Encoding": encoding})


def test_gzip_is_unpacked(sensor: Api) -> None:
    assert packed(sensor, gzip.compress(json.dumps([item(1)]).encode())).json()["inserted"] == 1


@pytest.mark.parametrize(
    ("body", "encoding", "status", "code"),
    [
        (b"no gzip", "gzip", 400, "broken_gzip"),
        (gzip.compress(b"[]" * 100)[:-9], "gzip", 400, "broken_gzip"),
        (gzip.compress(b" " * 11_000_000), "gzip", 413, "too_large"),
        (gzip.compress(b"[" + b"{}," * 300_000 + b"1]"), "gzip", 413, "too_large"),
        (gzip.compress(b"[" + b"1," * 499_999 + b"1]"), "gzip", 400, "batch_too_long"),
        (gzip.compress(b"[" + b"1," * 500_000 + b"1]"), "gzip", 413, "too_large"),
        (b"[]", "br", 415, "unsupported_encoding"),
        (b" " * 50_000_000, "identity", 413, "too_large"),
    ],
    ids=[
        "no gzip",
        "cut short",
        "large when unpacked",
        "many objects",
        "as many parts as may be",
        "one more",
        "another encoding",
        "50 MB",
    ],
)
def test_a_body_that_cannot_be_read_is_refused(sensor: Api, body: bytes, encoding: str, status: int, code: str) -> None:
    answer = packed(sensor, body, encoding)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([], "empty_batch"),
        ([{}] * 10_001, "batch_too_long"),
        ({"$gt": ""}, "invalid"),
        ('[{"station": "temp-01", "values": {"temperature": NaN}}]', "invalid_json"),
        ("[" * 100_000, "too_deep"),
    ],
    ids=["empty", "too long", "no list", "NaN", "deep"],
)
def test_a_list_that_is_none_is_refused(sensor: Api, body: Any, code: str) -> None:
    answer = sensor.post("/readings", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"station": {"$gt": ""}},
        {"timestamp": {"$gt": ""}},
        {"timestamp": "2026-01-31T14:00:00"},
        {"timestamp": "9999-12-31T23:59:59Z"},
        {"timestamp": "0001-01-01T00:00:00+05:00"},
        {"values": {"$where": 1}},
        {"values": {"temperature": {"$gt": ""}}},
        {"values": {"temperature": "70.5"}},
        {"values": {"temperature": 1e999}},
        {"units": {"temperature": {"$gt": ""}}},
    ],
    ids=str,
)
def test_a_bad_item_is_refused_with_a_reason_and_nothing_is_stored(sensor: Api, change: dict[str, Any]) -> None:
    body = json.dumps([item(1) | change]).replace("Infinity", "1e999")
    [answer] = sensor.post("/readings", body).json()["results"]
    assert answer["status"] == "refused"
    assert answer["reason"]
    assert not Reading.objects.exists()


def test_ten_thousand_items_are_taken_in_one_call(sensor: Api) -> None:
    minute = HOUR / 60
    items = [item(timestamp=(NOW - number * minute).isoformat()) for number in range(10_000)]
    assert sensor.post("/readings", items).json()["inserted"] == 10_000


def test_a_variable_that_nobody_has_named_yet_is_known_from_its_first_value_on(sensor: Api) -> None:
    """Its page would else say that no reading has arrived."""
    sensor.post("/readings", [item(2, values={"oil_level": 7}), item(1, values={"heat": 300}, units={"heat": "K"})])
    named = dict(Variable.objects.values_list("code", "name"))
    assert (named["oil_level"], named["heat"]) == ("Oil level", "Heat")
    assert (Variable.objects.get(code="oil_level").unit, Variable.objects.get(code="heat").unit) == ("", "°C")
    assert "Oil level" in cast.citizen().get("/temp-01/temp-01/", follow=True).content.decode()


def test_what_is_refused_names_no_variable(sensor: Api) -> None:
    sensor.post("/readings", [item(1, station="elsewhere", values={"oil_level": 7}), item(timestamp="soon")])
    assert not Variable.objects.filter(code__in=["oil_level", "temperature"]).exists()
