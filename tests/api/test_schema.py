"""The schema is true: it is valid, nothing that it allows breaks the service, and a generated client works."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
import yaml
from django.core.wsgi import get_wsgi_application
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from alerts import links
from alerts.models import Contact
from tests import factories
from tests.factories import HOUR

EXAMPLES = 8  # per operation
PROMISED = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
NOW = factories.this_hour()
document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
schema = schemathesis.openapi.from_dict(document)
schema.app = get_wsgi_application()


def test_the_schema_is_valid() -> None:
    validate_schema(document)  # type: ignore[no-untyped-call]


def test_the_names_that_generated_clients_show_are_words() -> None:
    names = document["components"]["schemas"]
    assert "AlertStateEnum" in names
    assert [name for name in names if re.search(r"\d", name)] == []


def test_an_answer_of_several_kinds_may_be_of_each() -> None:
    """A page without readings is one of means, too: "exactly one of" made validating clients refuse it."""
    answers = document["components"]["schemas"]
    assert [name for name, schema in answers.items() if "oneOf" in schema] == []
    assert len(answers["ReadingOrMeanPage"]["anyOf"]) == 2


def test_each_operation_may_refuse_and_may_fail_in_the_shape_of_every_error() -> None:
    answers = [operation["responses"] for path in document["paths"].values() for operation in path.values()]
    for status in ("4XX", "5XX"):
        shapes = {str(answer[status]["content"]["application/json"]["schema"]) for answer in answers}
        assert shapes == {str({"$ref": "#/components/schemas/Error"})}


def test_a_time_of_day_is_a_text() -> None:
    """What JSON Schema calls a time has an offset: clients that validate answers would refuse each wall time."""
    for shape in ("Contact", "PatchedWishes"):
        described = document["components"]["schemas"][shape]["properties"]["quiet_from"]
        assert described["type"] == "string"
        assert described["nullable"] is True
        assert "format" not in described


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "read"), [("", yaml.safe_load), ("yaml", yaml.safe_load), ("json", json.loads)])
def test_the_schema_comes_as_the_address_asks(asked: str, read: Any) -> None:
    answer = Client().get("/api/schema", {"format": asked} if asked else {})
    assert ("json" in answer["Content-Type"]) == (asked == "json")
    assert read(answer.content)["openapi"] == document["openapi"]


@pytest.mark.django_db
def test_the_documentation_needs_nothing_from_outside() -> None:
    client = Client()
    page = client.get("/api/docs").content.decode()
    assert "/static/drf_spectacular_sidecar/" in page
    assert "https://" not in page
    assert client.get("/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js").status_code == 200


@pytest.mark.usefixtures("lahore")
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
def test_nothing_that_a_client_sends_breaks_the_service(case: Any) -> None:
    case.call_and_validate(checks=PROMISED, base_url="http://localhost", headers={"Accept-Encoding": "identity"})


class InProcess(httpx.BaseTransport):
    """Carries a generated client's requests to Django without a socket."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = Client().generic(
            request.method,
            str(request.url.raw_path, "ascii"),
            request.read(),
            content_type=request.headers.get("content-type", ""),
        )
        return httpx.Response(answer.status_code, content=answer.content, headers=dict(answer.items()))


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A client that openapi-python-client has made of the schema."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "schema.yml").write_text(yaml.safe_dump(document))
    tool = Path(sys.executable).parent / "openapi-python-client"
    command = [str(tool), "generate", "--path", "schema.yml", "--meta", "none", "--output-path", "air_client"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"air_client{name}")
    sys.path.remove(str(folder))


@pytest.fixture
def client(generated: Any) -> Any:
    client = generated("").Client(base_url="http://localhost")
    client.set_httpx_client(httpx.Client(transport=InProcess(), base_url="http://localhost"))
    return client


@pytest.mark.usefixtures("lahore")
def test_a_generated_client_predicts_and_reads(generated: Any, client: Any) -> None:
    factories.make_readings("lahore", hours=3)
    factories.make_anomaly("lahore", NOW - HOUR)
    asked = generated(".models").Point(timestamp=NOW, sensor_id="lahore/pm2_5", value=factories.usual_pm(NOW))
    verdict = generated(".api.predict.predict").sync(client=client, body=asked)
    assert (verdict.sensor_id, verdict.is_anomaly) == ("lahore/pm2_5", False)
    readings = generated(".api.stations.list_readings").sync(client=client, slug="lahore", limit=2)
    assert [reading.at for reading in readings.results] == [NOW, NOW - HOUR]
    anomalies = generated(".api.anomalies.list_anomalies").sync(client=client, station="lahore")
    assert anomalies.results[0].severity == "moderate"


@pytest.mark.usefixtures("lahore")
def test_a_generated_client_reads_means(generated: Any, client: Any) -> None:
    factories.make_readings("lahore", hours=1)
    hourly = generated(".models").ListReadingsMean.HOURLY
    page = generated(".api.stations.list_readings").sync(client=client, slug="lahore", mean=hourly)
    assert page.results[0].counts["pm2_5"] == 1


@pytest.mark.usefixtures("lahore")
def test_a_generated_client_reads_a_batch_of_which_one_is_bad(generated: Any, client: Any) -> None:
    asked = [generated(".models").Point(timestamp=NOW, sensor_id=one, value=80) for one in ("lahore/pm2_5", "nix")]
    good, bad = generated(".api.predict.predict_batch").sync(client=client, body=asked).results
    assert (good.sensor_id, bad.error.code) == ("lahore/pm2_5", "unknown_sensor")


@pytest.mark.usefixtures("lahore")
def test_a_generated_client_reads_what_is_refused(generated: Any, client: Any) -> None:
    asked = generated(".models").Point(timestamp=NOW, sensor_id="lahore/nothing", value=1.0)
    refused = generated(".api.predict.predict").sync(client=client, body=asked).error
    assert (refused.code, refused.field) == ("unknown_sensor", "sensor_id")
    assert "lahore/pm2_5" in refused.message


@pytest.mark.django_db
def test_a_generated_client_ends_a_subscription(generated: Any, client: Any) -> None:
    contact = Contact.objects.create(name="Citizen", email="citizen@example.org", kind=Contact.Kind.CITIZEN)
    token = links.token(links.UNSUBSCRIBE, contact.uid)
    ended = generated(".api.subscriptions.stop_subscription").sync(client=client, token=token)
    assert ended.is_active is False
