"""What an anomaly's sentence claims about how rare it is."""

from datetime import UTC, datetime

import pytest

from detection.live.band import BandPoint
from detection.live.explain import sentences
from detection.live.predict import Verdict, sentence
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


@pytest.mark.parametrize(
    ("days", "ends"), [(0.4, "usual for this time."), (40.0, "once in 40 days."), (999.0, "a year.")]
)
def test_a_verdict_claims_no_rarity_that_is_none(days: float, ends: str) -> None:
    point = BandPoint(factories.this_hour(), expected=50.0, lower=40.0, upper=60.0)
    verdict = Verdict(point, 70.0, days, score=0.9, is_anomaly=True, breach=None)
    assert sentence(verdict, "PM2.5", "µg/m³").endswith(ends)
    assert ("ایک بار" in sentence(verdict, "PM2.5", "µg/m³", 1)) == (days > 1)


def test_numbers_and_times_are_written_as_people_say_them(db: None) -> None:
    factories.make_variables()
    at = datetime(2026, 11, 4, 9, tzinfo=UTC)
    anomaly = Anomaly(variable="pm2_5", value=1480.26, peak_at=at, lower=7.44, upper=1204.0, days_between=1.0)
    english, urdu = sentences(anomaly, Station(slug="lahore", timezone="Asia/Karachi"))
    assert english == "PM2.5 was 1480 µg/m³ at 2 pm. Usual for this hour is 7.4 to 1204 µg/m³."
    assert urdu.startswith("دوپہر 2 بجے پی ایم 2.5 کی مقدار 1480 µg/m³ تھی۔")


@pytest.mark.parametrize("word", ["dust", "smoke", "traffic", "alone", "local", "widespread"])
def test_what_the_others_did_is_said_in_both_languages(word: str) -> None:
    details = {"company": {"looks_like": word}}
    anomaly = Anomaly(variable="pm2_5", value=480.0, peak_at=factories.this_hour(), details=details)
    english, urdu = sentences(anomaly, Station(slug="lahore", timezone="Asia/Karachi"))
    assert english.count(". ") == 1
    assert english.endswith(".")
    assert urdu.count("۔") == 2
