"""Every error has one shape, whatever went wrong."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from pymongo.errors import ServerSelectionTimeoutError

from aqi_project.api import keys
from detection.api import verdicts
from ingestion.api import views
from tests.api.conftest import Api, with_key

pytestmark = pytest.mark.usefixtures("lahore")


def test_a_bug_is_told_in_the_shape_of_every_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(item: Any) -> Any:
        raise RuntimeError("a bug")

    monkeypatch.setattr(verdicts.points, "read", broken)
    api = Api(Client(raise_request_exception=False))
    answer = api.post("/predict", {})
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")


def test_a_database_that_does_not_answer_is_told(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*arguments: Any) -> Any:
        raise ServerSelectionTimeoutError("no server")

    monkeypatch.setattr(views, "newest", gone)
    answer = api.get("/stations/lahore/latest")
    assert (answer.status_code, answer.json()["error"]["code"], answer["Retry-After"]) == (503, "unavailable", "60")
    assert "no server" not in answer.content.decode()


def test_a_write_that_lost_every_race_may_come_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*arguments: Any) -> Any:
        raise IntegrityError("lahore: 20 readings lost every race")

    monkeypatch.setattr(views, "take_in", lost)
    answer = with_key([keys.INGEST]).post("/readings", [{}])
    assert (answer.status_code, answer.json()["error"]["code"], answer["Retry-After"]) == (503, "unavailable", "5")
    assert answer.json()["error"]["message"].startswith("Others were writing the same")


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/nix", "/api/v1/models/a%0A/b"])
def test_an_address_below_the_api_always_answers_json(api: Api, path: str) -> None:
    assert api.client.get(path).json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("path", "field", "one"),
    [
        ("/stations/lahore/readings", "mean", "hourly"),
        ("/stations/lahore/readings", "format", "csv"),
        ("/stations/lahore/aqi", "standard", "india_cpcb"),
        ("/anomalies", "kind", "level_shift"),
        ("/alerts", "severity", "severe"),
    ],
)
def test_a_word_that_is_not_possible_is_refused_with_those_that_are(api: Api, path: str, field: str, one: str) -> None:
    answer = api.get(path, **{field: "{0} weekly"})
    told = answer.json()["error"]
    assert (answer.status_code, told["field"]) == (400, field)
    assert told["message"].startswith("'{0} weekly' is not possible here. Write one of: ")
    assert one in told["message"]


@pytest.mark.parametrize(("path", "one"), [("/anomalies", "severity"), ("/stations/lahore/readings", "from")])
def test_a_parameter_that_is_not_there_is_refused_with_those_that_are(api: Api, path: str, one: str) -> None:
    answer = api.get(path, severty="severe")
    told = answer.json()["error"]
    assert (answer.status_code, told["code"], told["field"]) == (400, "invalid", "severty")
    assert told["message"].startswith("There is no parameter 'severty' here. There are: ")
    assert one in told["message"]
