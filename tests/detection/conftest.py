"""What nearly every test of a stored series starts from."""

from datetime import datetime, timedelta

import pytest

from detection.models import Series
from ingestion.models import Station
from tests.detection.trained import make_champion
from tests.factories import make_lahore, make_readings, this_hour


@pytest.fixture
def now() -> datetime:
    return this_hour()


@pytest.fixture
def lahore(db: None) -> Station:
    return make_lahore()


@pytest.fixture
def series(lahore: Station, now: datetime) -> Series:
    """Trained yesterday; its newest reading is of now."""
    make_readings(lahore.slug, hours=48)
    return make_champion(now - timedelta(days=1))
