"""What every provider must be, asked of each one that is registered."""

import subprocess
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest

import ingestion.providers
from ingestion.providers import REGISTRY, connect
from ingestion.providers.http import Http, Patience
from ingestion.providers.limits import Limit
from tests.ingestion.turns import own_gates

PACKAGES = sorted(path.parent for path in Path(ingestion.providers.__file__).parent.glob("*/__init__.py"))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def alone():
    return Http(Patience(), own_gates())


@pytest.fixture(params=sorted(REGISTRY))
def provider(request):
    return connect(request.param, alone(), "key", "http://127.0.0.1:9")


def test_it_has_a_name_a_label_and_limits(provider):
    assert REGISTRY[provider.source.name].startswith(f"ingestion.providers.{provider.source.name}.client.")
    assert provider.source.label
    assert provider.source.limits


def test_it_is_asked_where_the_settings_say(provider):
    assert provider.source.base_url == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("openweather", (Limit(60, MINUTE),)),
        ("openaq", (Limit(60, MINUTE), Limit(2000, HOUR))),
        ("open_meteo", (Limit(600, MINUTE), Limit(5000, HOUR))),
    ],
)
def test_the_limits_are_the_providers_own(name, limits):
    assert connect(name, alone(), "", "").source.limits == limits


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_every_package_has_a_parser_and_says_what_it_is(package):
    name = f"ingestion.providers.{package.name}"
    assert import_module(name).__doc__
    assert import_module(f"{name}.parse").__doc__


def test_only_the_polite_layer_imports_the_http_library():
    folder = Path(ingestion.providers.__file__).parent
    importers = {path.name for path in folder.rglob("*.py") if "import httpx" in path.read_text()}
    assert importers == {"http.py", "responses.py"}


def test_neither_django_nor_pandas_is_needed():
    """The web process parses what is pushed: it must stay light."""
    names = [f"ingestion.providers.{package.name}.parse" for package in PACKAGES]
    names += ["ingestion.providers.poll", "ingestion.quality.check", "ingestion.quality.presence"]
    code = f"import sys, importlib\nfor name in {names!r}: importlib.import_module(name)\n"
    code += "print([name for name in ('django', 'pandas', 'scipy', 'sklearn') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
