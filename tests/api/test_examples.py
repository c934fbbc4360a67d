"""Each operation of the schema has an example, and each example does what it says, on a real server."""

import os
import re
import subprocess
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from alerts import links
from alerts.models import Contact, Delivery
from alerts.people.optin import CODE_DIGITS, Wish, ask, confirm
from aqi_project.api import keys
from aqi_project.api.keys import ApiKey
from detection.models import Severity
from ingestion.models import Station
from tests import factories
from tests.api.test_alerts import make_alert
from tests.api.test_models import second_version
from tests.servers.web import daphne

pytestmark = [pytest.mark.usefixtures("lahore"), pytest.mark.processes]
NOW = factories.this_hour()
LAST = ("rollback", "stop_subscription")  # they undo what others of the examples need
document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


def operations() -> list[dict[str, Any]]:
    found = [operation for path in document["paths"].values() for operation in path.values()]
    return sorted(found, key=lambda one: one["operationId"] in LAST)


def test_each_operation_shows_its_example() -> None:
    for operation in operations():
        [sample] = operation["x-codeSamples"]
        assert sample["source"] in operation["description"], operation["operationId"]


@pytest.fixture
def environment(lahore: None, settings: Any) -> dict[str, str]:
    """What the examples' variables stand for, in a city that has all of it."""
    settings.SMS_URL = "form://127.0.0.1:1/?:to={to}"
    factories.make_readings("lahore", hours=30)
    factories.make_station(slug="temp-01", provider=Station.Provider.PUSH)
    second_version()
    key = ApiKey(name="examples", scopes=list(keys.SCOPES))
    text = key.renew()
    key.save()
    reader = confirm(Wish("reader@example.org", "lahore", Severity.SEVERE, "en"))
    token = ask(Wish("+923001234567", "lahore", Severity.SEVERE, "en"))
    return {
        "KEY": text,
        "ALERT": make_alert().identifier,
        "ANOMALY": str(factories.make_anomaly("lahore", NOW - factories.HOUR).pk),
        "TOKEN": links.token(links.UNSUBSCRIBE, reader.uid),
        "SMS_TOKEN": token,
        "CODE": re.search(rf"\d{{{CODE_DIGITS}}}", Delivery.objects.get().text)[0],
    }


def test_the_examples_run(environment: dict[str, str]) -> None:
    with daphne() as web:
        shell = {**os.environ, **environment, "AIR": web.address}
        for operation in operations():
            source = operation["x-codeSamples"][0]["source"]
            done = subprocess.run(
                ["bash", "-euc", f"{source} -w ' %{{http_code}}'"],
                env=shell,
                capture_output=True,
                text=True,
                timeout=30,
            )
            assert done.stdout.rpartition(" ")[2] in {"200", "202"}, (operation["operationId"], source, done.stdout)
    assert not Contact.objects.get(email="reader@example.org").is_active
