"""What nearly every test of a stored series starts from."""

from datetime import datetime

import pytest

from ingestion.models import Station
from tests.factories import make_lahore, this_hour


@pytest.fixture
def now() -> datetime:
    return this_hour()


@pytest.fixture
def lahore(db: None) -> Station:
    return make_lahore()
