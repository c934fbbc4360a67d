"""A city with a champion, and a client that speaks JSON."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from aqi_project.mongo import collection
from detection import artifacts, audit, serving
from detection.api import sensors
from detection.models import ModelVersion
from tests import factories
from tests.detection.trained import small_detector

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
def api(db: None) -> Iterator[Api]:
    yield Api(Client())
    audit.trail.drain()


@pytest.fixture
def lahore(db: None) -> None:
    """Lahore with a champion for PM2.5 that expects 50 to 130 µg/m³, ± 40 %."""
    forget()
    factories.make_variables()
    factories.make_station()
    factories.make_band("lahore/pm2_5", factories.this_hour())
    version = ModelVersion.objects.get()
    tail = {"scores": [0.5 + row / 798 for row in range(400)], "days": 90.0}
    collection(ModelVersion).update_one({"_id": version.pk}, {"$set": {"band.tail": tail}})
    artifacts.save("lahore/pm2_5", 1, {"out_of_range": small_detector()})


def forget() -> None:
    """What a process remembers of an earlier test's database."""
    serving.forget()
    sensors._descriptions.clear()
