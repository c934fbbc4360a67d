"""What serves, what it was worth, and who may change that."""

from typing import Any

import pytest
from django.http import HttpRequest

from aqi_project.api import keys
from detection.api.series_records import Versions
from detection.detectors import create
from detection.live import serving
from detection.models import DriftReport, ModelVersion, MonthlyRecord, Promotion, Series, TrainingRun
from detection.versions import artifacts
from tests import cast, factories
from tests.api.conftest import Api, with_key
from tests.factories import HOUR

pytestmark = pytest.mark.usefixtures("lahore")
NOW = factories.this_hour()
MODEL = "/models/lahore/pm2_5"


def second_version() -> None:
    """A younger version that expects ten times as much, and detectors for both."""
    first = ModelVersion.objects.get(number=1)
    band = {**first.band, "expected": [10 * value for value in first.band["expected"]]}
    band["upper"] = [20 * value for value in first.band["expected"]]
    copied = {field.name: getattr(first, field.name) for field in ModelVersion._meta.fields if field.name != "id"}
    ModelVersion.objects.create(**{**copied, "number": 2, "band": band})
    for number in (1, 2):
        artifacts.save("lahore/pm2_5", number, {"flatline": create("flatline", "pm2_5", interval=HOUR, zone="UTC")})


def predicted(api: Api) -> tuple[int, float]:
    point = {"timestamp": NOW.isoformat(), "sensor_id": "lahore/pm2_5", "value": 80}
    answer = api.post("/predict", point).json()
    return answer["model_version"], answer["predicted_value"]


def test_a_model_says_what_serves_and_for_when(api: Api) -> None:
    info = api.get(MODEL).json()
    assert (info["sensor_id"], info["champion"], info["version"]["number"]) == ("lahore/pm2_5", 1, 1)
    assert info["knows_from"] < f"{NOW:%Y-%m-%dT%H:%M:%SZ}" < info["knows_to"]
    assert api.client.get("/model/info", {"sensor_id": "lahore/pm2_5"}).json() == info


def test_models_and_versions_are_listed(api: Api) -> None:
    second_version()
    assert [one["sensor_id"] for one in api.get("/models").json()["results"]] == ["lahore/pm2_5"]
    assert [one["number"] for one in api.get(f"{MODEL}/versions").json()["results"]] == [2, 1]


def test_versions_come_page_by_page_without_what_no_page_shows(api: Api) -> None:
    second_version()
    first = api.get(f"{MODEL}/versions", limit=1).json()
    second = api.client.get(first["next"]).json()
    assert [one["number"] for page in (first, second) for one in page["results"]] == [2, 1]
    [document, _], _ = Versions.order.page(HttpRequest(), ModelVersion, {}, {"limit": 2})
    assert not {"band", "calibration", "held_out"} & set(document)


def test_a_promoted_version_serves_and_a_rollback_brings_the_earlier_one_back(api: Api) -> None:
    second_version()
    manager = with_key([keys.MANAGE])
    one, expected = predicted(api)
    assert manager.post(f"{MODEL}/promote", {"number": 2, "why": "better"}).json()["champion"] == 2
    serving._read_at[0] = float("-inf")  # half a second later
    assert predicted(api) == (2, pytest.approx(10 * expected, rel=0.001))
    assert manager.post(f"{MODEL}/rollback", {"why": "worse"}).json()["champion"] == one
    rows = [(row.action, row.who.partition(" ")[0], row.why) for row in Promotion.objects.order_by("change")]
    assert rows == [("promote", "key", "better"), ("rollback", "key", "worse")]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (f"{MODEL}/promote", {"number": 7, "why": "x"}, 409, "refused"),
        (f"{MODEL}/promote", {"number": "x", "why": "x"}, 400, "invalid"),
        (f"{MODEL}/promote", {"number": {"$gt": 0}}, 400, "invalid"),
        (f"{MODEL}/promote", [], 400, "invalid"),
        (f"{MODEL}/rollback", {"why": "worse"}, 409, "refused"),
        ("/models/lahore/rain/promote", {"number": 1, "why": "x"}, 404, "unknown_sensor"),
    ],
)
def test_what_cannot_be_promoted_is_refused(api: Api, path: str, body: Any, status: int, code: str) -> None:
    answer = Api(cast.admin()).post(path, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert Series.objects.get().champion == 1


def test_a_stranger_promotes_nothing(api: Api) -> None:
    assert api.post(f"{MODEL}/promote", {"number": 1}).status_code == 401
    assert with_key([keys.PREDICT]).post(f"{MODEL}/rollback", {"why": "worse"}).status_code == 403
    assert with_key([keys.MANAGE], stations=["x"]).post(f"{MODEL}/rollback", {"why": "worse"}).status_code == 403


def test_an_unknown_model_says_so(api: Api) -> None:
    assert api.get("/models/lahore/rain").json()["error"]["code"] == "unknown_sensor"
    assert api.client.get("/model/info", {"sensor_id": "nix"}).json()["error"]["code"] == "unknown_sensor"


def test_trainings_and_drift_checks_are_listed(api: Api) -> None:
    TrainingRun.objects.create(series="lahore/pm2_5", reason="manual", state="done", outcome="Version 2 serves.")
    DriftReport.objects.create(
        series="lahore/pm2_5", at=NOW, day=NOW.date(), verdict="stable", reason="level", sentence="As it was."
    )
    assert [run["outcome"] for run in api.get(f"{MODEL}/runs").json()["results"]] == ["Version 2 serves."]
    assert [report["sentence"] for report in api.get(f"{MODEL}/drift").json()["results"]] == ["As it was."]


def test_what_forecasts_were_worth_is_listed_by_month(api: Api) -> None:
    figures = {"count": 24, "error": 11.0, "persistence": 20.0, "seasonal_naive": 15.0, "coverage": 0.94}
    for month in ("2026-10", "2026-11"):
        MonthlyRecord.objects.create(series="lahore/pm2_5", month=month, hours="7-24", **figures)
    results = api.get("/models/lahore/pm2_5/scores").json()["results"]
    assert [one["month"] for one in results] == ["2026-11", "2026-10"]
    assert results[0] == {"month": "2026-11", "hours": "7-24", "provider": None, **figures}


def test_scores_of_a_month_are_in_the_order_of_their_hours_over_all_pages(api: Api) -> None:
    figures = {"count": 24, "error": 11.0, "persistence": 20.0, "coverage": 0.94}
    wanted = [(month, hours) for month in ("2026-11", "2026-10") for hours in ("1-1", "2-6", "7-24", "25-48", "49-72")]
    for month, hours in sorted(wanted):
        MonthlyRecord.objects.create(series="lahore/pm2_5", month=month, hours=hours, **figures)
    address, found = "/api/v1/models/lahore/pm2_5/scores?limit=3", []
    while address:
        page = api.client.get(address).json()
        found += [(one["month"], one["hours"]) for one in page["results"]]
        address = page["next"]
    assert found == wanted
