"""The examples of docs/api.md, run as they stand against a real server."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aqi_project.api import keys
from aqi_project.api.keys import ApiKey
from detection.models import Prediction
from ingestion.models import Reading, Station
from tests import factories
from tests.servers.web import Web, daphne

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text()


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def server(lahore: None) -> Iterator[Web]:
    """A daphne on the tests' database, with what the examples speak of."""
    factories.make_readings("lahore", hours=30)
    factories.make_station(slug="temp-01", provider=Station.Provider.PUSH)
    with daphne() as web:
        yield web


@pytest.fixture
def key(db: None) -> str:
    made = ApiKey(name="docs", scopes=[keys.INGEST], stations=["temp-01"])
    text = made.renew()
    made.save()
    return text


def run(command: list[str], server: Web, key: str) -> str:
    done = subprocess.run(
        command, env={**os.environ, "AIR": server.address, "KEY": key}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_examples_run(server: Web, key: str) -> None:
    shell = [run(["bash", "-euc", text], server, key) for text in examples("sh")]
    assert '"is_anomaly":true' in shell[0]
    assert "averaging_period" in shell[1]
    assert '"inserted":1' in shell[3]
    assert not any('"error"' in output for output in shell)
    head = "import os\nAIR, KEY = os.environ['AIR'], os.environ['KEY']\n"
    python = [run([sys.executable, "-c", head + text], server, key) for text in examples("python")]
    assert python[0].startswith("True PM2.5 of 480")
    assert "inserted" in python[2]
    node = shutil.which("node")
    if node:
        head = "const AIR = process.env.AIR;\n"
        for text in examples("js"):
            assert "true PM2.5" in run([node, "--input-type=module", "-e", head + text], server, key)
    assert Reading.objects.filter(station="temp-01").count() == 2


def test_what_was_served_is_in_the_trail_when_the_server_stops(server: Web, key: str) -> None:
    now = datetime.now(UTC)
    assert run(["bash", "-euc", examples("sh")[0]], server, key)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(timeout=10)
    served = Prediction.objects.get()
    assert (served.verdicts[0]["value"], served.anomalies) == (480, 1)
    assert served.served_at > now.replace(microsecond=0)
