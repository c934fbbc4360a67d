"""The sentence that compares a value with what is usual: a multiple where one means something, else the difference."""

import re
from datetime import UTC, datetime

import pytest
from django.utils import translation

from aqi_project import clock
from aqi_project.mongo import collection
from dashboard.city.expected import UNKNOWN, Rarity
from dashboard.city.unusual import unusual_sentence
from dashboard.numbers import range_text
from dashboard.times import season_text
from detection.live.band import BandPoint
from detection.models import Anomaly
from ingestion.models import Reading, Station, Variable
from tests import factories as make
from tests.cast import citizen

AT = datetime(2026, 11, 4, 9, tzinfo=UTC)
STATION = Station(slug="lahore", timezone="Asia/Karachi")
DEGREES = Variable(code="temperature", name="Temperature", unit="°C")
PM = Variable(code="pm2_5", name="PM2.5", unit="µg/m³", is_pollutant=True)


def said(value: float, expected: float, variable: Variable | None, rarity: Rarity = UNKNOWN) -> str:
    usual = BandPoint(AT, expected, expected - 3.0, expected + 3.0)
    return unusual_sentence(STATION, AT, value, usual, rarity, variable)


@pytest.mark.parametrize(
    ("value", "expected", "how_much"),
    [(30.0, 10.0, "20 °C"), (3.5, 0.1, "3.4 °C"), (-2.0, -10.2, "8.2 °C"), (1480.0, 0.0, "1,480 °C")],
)
def test_thirty_degrees_are_not_three_times_ten(value, expected, how_much):
    assert said(value, expected, DEGREES) == f"About {how_much} above the usual for November afternoons."


@pytest.mark.parametrize(
    ("hour", "said"),
    [(4, "nights"), (5, "mornings"), (11, "mornings"), (12, "afternoons"), (16, "afternoons"), (17, "evenings"),
     (20, "evenings"), (21, "nights")],
)  # fmt: skip
def test_a_value_is_compared_with_its_part_of_the_day_where_the_station_stands(hour, said):
    assert season_text(datetime(2026, 11, 4, hour, tzinfo=STATION.zone), STATION.zone) == f"November {said}"


def test_the_difference_is_said_in_urdu_too():
    with translation.override("ur"):
        assert "تقریباً \u200e20 °C زیادہ" in said(30.0, 10.0, DEGREES)


def test_a_unit_that_is_a_per_cent_sign_breaks_no_sentence():
    humidity = Variable(code="humidity", name="Humidity", unit="%")
    assert said(80.0, 40.0, humidity).startswith("About 40 % above the usual for")


@pytest.mark.parametrize("variable", [PM, None])
def test_a_concentration_is_so_many_times_the_usual(variable):
    assert said(30.0, 10.0, variable) == "About 3 times the usual for November afternoons."


@pytest.mark.parametrize("variable", [DEGREES, PM])
def test_what_is_usual_or_low_is_told_alike(variable):
    assert said(11.0, 10.0, variable).startswith("Usual for")
    assert said(5.0, 10.0, variable).startswith("Lower than usual for")


@pytest.mark.parametrize(
    ("days", "ends"),
    [
        (1.0, "November afternoons."),
        (60.7, "A value so far from usual comes about once in 61 days."),
        (60.8, "The record of 61 days holds no value so far from usual."),
    ],
)
def test_it_claims_no_more_than_the_record_can_tell(days, ends):
    assert said(30.0, 10.0, PM, Rarity(days, record_days=60.7)).endswith(ends)


@pytest.mark.django_db
@pytest.mark.parametrize(("hours_ago", "days"), [(0, 200), (3, 90)])
def test_how_rare_an_event_was_at_its_peak_is_not_said_of_a_later_value(modelled_lahore, hours_ago, days):
    """Of that one the model's own range and tail tell it, as they do in the API."""
    hour = make.this_hour()
    make.make_reading("lahore", hour, pm2_5=1.41 * make.usual_pm(hour))
    make.make_anomaly("lahore", hour - hours_ago * make.HOUR, end=None, days_between=200.0, record_days=300.0)
    Anomaly.objects.update(last_at=hour)
    sentence = citizen().get("/lahore/lahore/now.json").json()["unusual"]
    assert sentence.endswith(f"A value so far from usual comes about once in {days} days.")


def lately() -> str:
    page = citizen().get("/lahore/lahore/").content.decode()
    return re.search(r'<section class="lately".+?</section>', page, re.DOTALL)[0]


@pytest.mark.django_db
def test_where_nothing_is_modelled_nobody_knows_that_nothing_was_unusual(lahore):
    assert "Too few readings so far to say what is usual here." in lately()
    assert "Nothing unusual" not in lately()


@pytest.mark.django_db
def test_of_the_days_since_a_station_fell_silent_nobody_knows_what_was_unusual(modelled_lahore):
    assert "Nothing unusual in the last 30 days." in lately()
    collection(Reading).delete_many({"at": {"$gt": clock.naive(make.this_hour() - 5 * make.HOUR)}})
    assert "Nothing unusual in the 30 days before the newest reading." in lately()


@pytest.mark.django_db
def test_many_faults_hide_nothing_that_was_unusual_about_the_air(modelled_lahore):
    make.make_anomaly("lahore", make.this_hour() - 48 * make.HOUR)
    for hours in range(24):
        make.make_anomaly("lahore", make.this_hour() - hours * make.HOUR, is_fault=True, kind="stuck")
    assert "about three times the usual" in lately()


@pytest.mark.parametrize(
    ("low", "high", "english", "urdu"),
    [
        (28.9, 148.4, "28.9–148", "28.9–148"),
        (0.0, 4.0, "0.0–4.0", "0.0–4.0"),
        (-7.7, -5.5, "-7.7 to -5.5", "\u200e-7.7 سے \u200e-5.5"),
        (-7.7, 5.5, "-7.7 to 5.5", "\u200e-7.7 سے 5.5"),
        (-0.04, 5.5, "-0.04 to 5.5", "\u200e-0.04 سے 5.5"),
    ],
)
def test_a_range_below_zero_can_be_read(low, high, english, urdu):
    """“-7.7–-5.5” could not."""
    temperature = Variable(code="temperature")
    assert range_text(low, high, temperature) == english
    with translation.override("ur"):
        assert range_text(low, high, temperature) == urdu
