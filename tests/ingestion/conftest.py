"""The cast of the ingestion tests: a provider that plays along, and recorded answers."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.provider import ProviderServer, provider_server

DATA = Path(__file__).resolve().parent.parent / "data"


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with provider_server() as running:
        yield running


@pytest.fixture
def other_server() -> Iterator[ProviderServer]:
    with provider_server() as running:
        yield running


@pytest.fixture(scope="session")
def recorded() -> Callable[[str], Any]:
    """A recorded answer by its file name without ending."""
    return lambda name: json.loads((DATA / f"{name}.json").read_text())
