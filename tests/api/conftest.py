"""A city with a champion, and a client that speaks JSON."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from aqi_project import clock
from aqi_project.models import ApiKey
from detection.api import sensors
from detection.live import serving
from tests import factories

BASE = "/api/v1"


class Api:
    """Calls the API as a program would."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(BASE + path, query)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(BASE + path, body, content_type="application/json", headers=headers)


@pytest.fixture
def api(db: None) -> Api:
    return Api(Client())


@pytest.fixture
def lahore(db: None) -> None:
    """Lahore with a champion for PM2.5 that expects 50 to 130 µg/m³, ± 40 %."""
    forget()
    factories.make_lahore()
    tail = tuple(0.5 + row / 798 for row in range(400))
    factories.make_band("lahore/pm2_5", factories.this_hour(), tail=tail)


@pytest.fixture
def within_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service's clock stands in the hour that the run began in, whatever has struck since."""
    monkeypatch.setattr(clock, "now", lambda: factories.this_hour() + timedelta(minutes=30))


def forget() -> None:
    """What a process remembers of an earlier test's database."""
    serving.forget()
    sensors._descriptions.clear()


def with_key(scopes: list[str], **fields: Any) -> Api:
    """Somebody who sends a new key."""
    key = ApiKey(name="test", scopes=scopes, **fields)
    text = key.renew()
    key.save()
    return Api(Client(headers={"authorization": f"Bearer {text}"}))


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def pages(api: Api, path: str, **query: Any) -> list[list[Any]]:
    """All pages, along their `next`."""
    answer = api.get(path, **query).json()
    found = [answer["results"]]
    while answer["next"]:
        answer = api.client.get(answer["next"]).json()
        found.append(answer["results"])
    return found
