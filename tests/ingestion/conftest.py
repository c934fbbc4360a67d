"""The cast of the ingestion tests: a provider that plays along, and recorded answers."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ingestion.asking import backfill
from ingestion.providers.http import Patience
from ingestion.signals import readings_stored
from tests.ingestion.turns import own_gates
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


@pytest.fixture
def hasty_backfill(monkeypatch: pytest.MonkeyPatch) -> None:
    """The past is asked for once, by a process that asks alone."""
    monkeypatch.setattr(backfill, "GATES", own_gates())
    monkeypatch.setattr(backfill, "PATIENCE", Patience(answer=5, attempts=1))


@pytest.fixture
def told() -> Iterator[list[tuple[datetime, datetime]]]:
    """The spans that listeners were told of."""
    spans: list[tuple[datetime, datetime]] = []

    def listen(station: str, first: datetime, last: datetime, **_: object) -> None:
        spans.append((first, last))

    readings_stored.connect(listen)
    yield spans
    readings_stored.disconnect(listen)


@pytest.fixture(scope="session")
def recorded() -> Callable[[str], Any]:
    """A recorded answer by its file name without ending."""
    return lambda name: json.loads((DATA / f"{name}.json").read_text())
