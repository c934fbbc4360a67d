"""Verdicts, one and many, and the trail that they leave."""

from datetime import timedelta
from typing import Any

import pytest

from detection.api.verdicts import Desk
from detection.audit import trail
from detection.live import serving
from detection.models import ModelVersion, Prediction, Series
from detection.versions.registry import promote
from ingestion.models import Station, Variable
from tests import factories
from tests.api.conftest import Api, forget
from tests.commands import commands
from tests.detection.trained import make_version

pytestmark = pytest.mark.usefixtures("lahore")
NOON = factories.this_hour().replace(hour=12)
USUAL = factories.usual_pm(NOON)


def point(**changes: Any) -> dict[str, Any]:
    return {"timestamp": NOON.isoformat(), "sensor_id": "lahore/pm2_5", "value": USUAL} | changes


def error(answer: Any) -> dict[str, str]:
    return answer.json()["error"]


def test_a_usual_value_is_no_anomaly(api: Api) -> None:
    answer = api.post("/predict", point()).json()
    assert answer == {
        "timestamp": NOON.isoformat(),
        "sensor_id": "lahore/pm2_5",
        "value": USUAL,
        "predicted_value": pytest.approx(USUAL, abs=0.001),
        "lower": pytest.approx(0.6 * USUAL, abs=0.001),
        "upper": pytest.approx(1.4 * USUAL, abs=0.001),
        "deviation": 0.0,
        "is_anomaly": False,
        "anomaly_score": pytest.approx(1 - 400 / 90 / 24, abs=0.00001),
        "severity": "none",
        "message": f"PM2.5 of {USUAL:.4g} µg/m³ is usual for this time ({0.6 * USUAL:.3g} to {1.4 * USUAL:.3g} µg/m³).",
        "model_version": 1,
    }


def test_a_value_beyond_the_tail_is_an_anomaly(api: Api) -> None:
    answer = api.post("/predict", point(value=3 * USUAL)).json()
    assert answer["is_anomaly"] is True
    assert answer["severity"] == "extreme"
    assert "Its record of 90 days holds no value so far from usual." in answer["message"]


def test_the_admins_wish_decides(api: Api) -> None:
    value = 1.4 * USUAL  # once in 90 days
    assert api.post("/predict", point(value=value)).json()["is_anomaly"] is True
    Series.objects.update(false_alarms_per_month=0.3)
    forget()
    assert api.post("/predict", point(value=value)).json()["is_anomaly"] is False


def test_a_hard_limit_decides_alone(api: Api) -> None:
    Series.objects.update(hard_max=USUAL - 1)
    forget()
    answer = api.post("/predict", point()).json()
    assert answer["is_anomaly"] is True
    assert "beyond the limit" in answer["message"]


@pytest.mark.parametrize("possible", [{"valid_max": USUAL - 1}, {"valid_min": USUAL + 1}])
def test_what_the_variable_cannot_be_is_no_usual_value(api: Api, possible: dict[str, float]) -> None:
    """As a negative concentration: where lows are usual it is not rare, and was called no anomaly."""
    Variable.objects.filter(code="pm2_5").update(**possible)
    Series.objects.update(hard_min=0.0, hard_max=10 * USUAL)
    forget()
    answer = api.post("/predict", point()).json()
    assert answer["is_anomaly"] is True
    assert f"beyond the limit of {next(iter(possible.values())):.4g} µg/m³" in answer["message"]


def test_a_station_with_one_variable_needs_no_variable(api: Api) -> None:
    assert api.post("/predict", point(sensor_id="lahore")).json()["sensor_id"] == "lahore/pm2_5"


def test_the_message_speaks_urdu(api: Api) -> None:
    answer = api.post("/predict", point(), **{"Accept-Language": "ur"}).json()
    assert answer["message"].startswith("پی ایم 2.5")


@pytest.mark.parametrize(
    ("changes", "status", "code", "field", "says"),
    [
        ({"sensor_id": "lahore/xx"}, 404, "unknown_sensor", "sensor_id", "This station has: lahore/pm2_5"),
        ({"sensor_id": "nowhere"}, 404, "unknown_sensor", "sensor_id", "lists the stations"),
        ({"sensor_id": {"$gt": ""}}, 400, "invalid", "sensor_id", "must be text"),
        ({"sensor_id": ""}, 400, "invalid", "sensor_id", "must be text"),
        ({"sensor_id": None}, 400, "invalid", "sensor_id", "must be text"),
        ({"value": "42"}, 400, "invalid", "value", "without quotes"),
        ({"value": None}, 400, "invalid", "value", "must be a number"),
        ({"value": True}, 400, "invalid", "value", "must be a number"),
        ({"value": 10**400}, 400, "invalid", "value", "finite"),
        ({"value": {"$gt": ""}}, 400, "invalid", "value", "must be a number"),
        ({"timestamp": "2026-01-31T14:00:00"}, 400, "invalid", "timestamp", "end it with Z"),
        ({"timestamp": "yesterday"}, 400, "invalid", "timestamp", "2026-01-31T14:00:00Z"),
        ({"timestamp": 1768042800}, 400, "invalid", "timestamp", "must be a time"),
        ({"timestamp": "0001-01-01T00:00:00+05:00"}, 400, "invalid", "timestamp", "must be a time"),
        ({"timestamp": "2045-01-01T00:00:00Z"}, 422, "outside_range", "timestamp", "time in between"),
    ],
)
def test_a_bad_point_is_refused_with_a_reason(
    api: Api, changes: dict[str, Any], status: int, code: str, field: str, says: str
) -> None:
    answer = api.post("/predict", point(**changes))
    assert answer.status_code == status
    assert (error(answer)["code"], error(answer)["field"]) == (code, field)
    assert says in error(answer)["message"]
    trail.drain()
    assert not Prediction.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"value": NaN}', "invalid_json"),
        ('{"value": Infinity}', "invalid_json"),
        ("{", "invalid_json"),
        ("", "invalid"),
        (b"\xff\xfe\x00", "invalid_json"),
        ('{"sensor_id": "\\ud83d"}', "invalid_json"),  # half of a character
        (b'{"sensor_id": "\xed\xa0\xbd"}', "invalid_json"),
        ('{"sensor_id": "\ud83d"}'.encode("utf-16", "surrogatepass"), "invalid_json"),
        ('{"sensor_id": "\\ud83d\\ude00"}', "invalid"),  # both halves
        ("[" * 100_000, "too_deep"),
        ("[1, 2]", "invalid"),
        ("7", "invalid"),
        ("null", "invalid"),
    ],
)
def test_a_broken_body_is_refused_with_a_reason(api: Api, body: str | bytes, code: str) -> None:
    answer = api.post("/predict", body)
    assert (answer.status_code, error(answer)["code"]) == (400, code)
    trail.drain()
    assert not Prediction.objects.exists()


def test_a_body_of_another_kind_is_refused(api: Api) -> None:
    answer = api.client.post("/api/v1/predict", "a=1", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 415
    assert "application/json" in error(answer)["message"]


def test_a_series_without_a_model_says_so(api: Api) -> None:
    Series.objects.create(key="lahore/pm10", station="lahore", variable="pm10")
    answer = api.post("/predict", point(sensor_id="lahore/pm10"))
    assert (answer.status_code, error(answer)["code"]) == (409, "not_trained")


def test_a_series_whose_version_was_deleted_does_not_say_that_none_was_trained(api: Api) -> None:
    ModelVersion.objects.all().delete()
    serving.forget()
    answer = api.post("/predict", point())
    assert (answer.status_code, error(answer)["code"]) == (409, "not_trained")
    assert error(answer)["message"].startswith("Version 1, which served lahore/pm2_5, was deleted.")


@pytest.mark.parametrize("sensor_id", ["gulberg", "gulberg/pm2_5"])
def test_a_station_that_has_learnt_nothing_yet_says_so(api: Api, sensor_id: str) -> None:
    """It was called unknown, with the advice to look where it is listed."""
    factories.make_station(slug="gulberg")
    answer = api.post("/predict", point(sensor_id=sensor_id))
    assert (answer.status_code, error(answer)["code"]) == (409, "not_trained")
    said = "Nothing of gulberg has a model yet. Ask again when it has two weeks of readings that are not in doubt."
    assert error(answer)["message"] == said  # years of one value do not help
    assert error(api.get("/stations/gulberg/forecast")) == error(answer) | {"field": "variable"}
    assert api.client.get("/model/info", {"sensor_id": sensor_id}).status_code == 409
    Station.objects.filter(slug="gulberg").update(is_public=False)
    assert error(api.post("/predict", point(sensor_id=sensor_id)))["code"] == "unknown_sensor"


def test_a_bad_item_of_a_batch_fails_alone(api: Api) -> None:
    answer = api.post("/predict/batch", [point(), {}, "word", point(value=900)]).json()
    assert (answer["count"], answer["failed"]) == (4, 2)
    assert [next(iter(one)) for one in answer["results"]] == ["timestamp", "error", "error", "timestamp"]
    assert [one.get("is_anomaly") for one in answer["results"]] == [False, None, None, True]


@pytest.mark.parametrize(("body", "code"), [([], "empty_batch"), ({}, "invalid"), ([{}] * 10_001, "batch_too_long")])
def test_a_batch_that_is_none_is_refused(api: Api, body: Any, code: str) -> None:
    answer = api.post("/predict/batch", body)
    assert (answer.status_code, error(answer)["code"]) == (400, code)


def test_every_verdict_is_in_the_audit_trail(api: Api) -> None:
    api.post("/predict", point())
    api.post("/predict/batch", [point(value=900), {}, point()])
    trail.drain()
    first, second = Prediction.objects.order_by("served_at")
    assert (first.sensor, first.model_version, first.count, first.anomalies) == ("lahore/pm2_5", 1, 1, 0)
    assert (second.count, second.anomalies) == (2, 1)
    assert [verdict["value"] for verdict in second.verdicts] == [900, USUAL]
    assert second.served_at - first.served_at < timedelta(seconds=30)


def test_a_long_batch_is_kept_in_parts_that_fit_into_a_small_database(api: Api) -> None:
    api.post("/predict/batch", [point(value=value) for value in range(1, 1_202)])
    trail.drain()
    found = Prediction.objects.order_by("pk")
    assert [one.count for one in found] == [500, 500, 201]
    assert [verdict["value"] for one in found for verdict in one.verdicts] == list(range(1, 1_202))


def test_a_batch_looks_each_series_up_once(api: Api) -> None:
    with commands() as sent:
        api.post("/predict/batch", [point()] * 500)
    read = [command for command in sent if command != "insert"]  # the trail is written in its own time
    assert read == ["aggregate"] * 4  # series, version, variable, station


def test_a_batch_names_one_version_of_a_series_by_whatever_name_it_is_asked_for() -> None:
    desk = Desk("", NOON, 0, lambda station: True)
    before = desk.answer(point())
    series = Series.objects.get(key="lahore/pm2_5")
    make_version(series, 2, NOON)
    promote(series, 2, who="ayesha", why="while a batch is answered")
    serving.forget()  # as after half a second
    after = desk.answer(point(sensor_id="lahore"))
    assert (after["model_version"], after["predicted_value"]) == (1, before["predicted_value"])
