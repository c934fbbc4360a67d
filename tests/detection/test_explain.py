"""What an anomaly's sentence claims about how rare it is."""

import pytest

from detection.live.explain import sentences
from detection.models import Anomaly
from ingestion.models import Station
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("days", "english", "urdu"),
    [
        (1.0, "", ""),
        (40.0, "Something as rare comes about once in 40 days.", "ایسا تقریباً 40 دن میں ایک بار ہوتا ہے۔"),
        (5e15, "Something as rare comes less than once a year.", "ایسا سال میں ایک بار بھی نہیں ہوتا۔"),
    ],
)
def test_it_claims_no_more_than_a_year_of_readings_can_tell(days: float, english: str, urdu: str) -> None:
    at = factories.this_hour()
    anomaly = Anomaly(variable="pm2_5", value=480.0, peak_at=at, lower=40.0, upper=150.0, days_between=days)
    found = sentences(anomaly, Station(slug="lahore", timezone="Asia/Karachi"))
    for text, rarity in zip(found, (english, urdu), strict=True):
        assert text.endswith(rarity)
        assert "e+" not in text
        assert ("once" in text) == ("once" in rarity)
