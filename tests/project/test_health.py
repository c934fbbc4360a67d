import pytest
from django.test import Client
from pymongo.errors import ServerSelectionTimeoutError

from aqi_project import health


def test_a_live_process_says_so(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_a_process_is_ready_when_the_database_answers(client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["database"] == "ok"


def test_strangers_do_not_learn_where_the_database_is(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*given: object) -> None:
        raise ServerSelectionTimeoutError("mongo-1.internal:27017: connection refused")

    monkeypatch.setattr(health, "database", gone)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "database": "unavailable"})
    assert "mongo-1.internal" in caplog.text
