"""Lahore as most tests here know it: two days of readings, a model, a forecast."""

import pytest

from detection.live import serving
from ingestion.models import Station
from tests import factories as make


@pytest.fixture(autouse=True)
def forget_versions():
    """Versions never change in the real world; between tests they do."""
    serving.forget()


@pytest.fixture
def lahore(db) -> Station:
    station = make.make_lahore()
    make.make_readings("lahore", hours=49)
    return station


@pytest.fixture
def modelled_lahore(lahore: Station) -> Station:
    make.make_band("lahore/pm2_5", make.this_hour())
    make.make_forecast("lahore/pm2_5", make.this_hour())
    return lahore
