"""A machine that reports every few seconds, on the page that was made for a city's hours."""

from datetime import timedelta

import pytest

from aqi_project import clock
from aqi_project.clock import HOUR
from aqi_project.mongo import collection
from dashboard.city.now import now
from dashboard.city.outlook import outlook
from dashboard.city.readings import MOST_ROWS
from dashboard.city.scene import load
from dashboard.numbers import number_text
from dashboard.preferences import Preferences
from dashboard.times import clock_text
from dashboard.views.city import chart_of
from ingestion.models import Reading, Station, Variable
from tests import factories as make
from tests.cast import citizen

pytestmark = pytest.mark.django_db


@pytest.fixture
def press(db, monkeypatch) -> Station:
    """A machine that reports every ten seconds, seen at half past two in the afternoon."""
    make.make_variables()
    now = (clock.now() - timedelta(days=1)).replace(hour=13, minute=30, second=0, microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: now)
    given = {"city": "", "provider": "push", "timezone": "Europe/Berlin", "expected_interval": timedelta(seconds=10)}
    station = make.make_station(slug="press", name="Press", **given)
    times = [now - back * station.expected_interval for back in range(MOST_ROWS)]
    make.write_readings([make.reading_document("press", at, aqi=None, dominant="", provider="push") for at in times])
    make.make_band("press/pm2_5", now.replace(minute=0))
    make.make_forecast("press/pm2_5", now.replace(minute=0))
    return station


def test_a_fine_series_is_drawn_from_edge_to_edge_with_its_hours_marked(press):
    chart = chart_of(load(press, Preferences()), "pm2_5")
    behind, ahead = chart.now - chart.scale.start, chart.scale.end - chart.now
    assert (behind, ahead) == (599 * timedelta(seconds=10), timedelta(hours=2, minutes=30))
    assert (chart.band[0].at, chart.band[-1].at) == (chart.scale.start, chart.scale.end)
    noon = clock.now().replace(hour=12, minute=0)
    assert [tick.text for tick in chart.time_ticks] == [clock_text(noon + n * HOUR, press.zone) for n in range(5)]


def test_only_of_a_pollutant_are_clean_hours_foretold(press):
    assert "tomorrow" in outlook_of(press)
    Variable.objects.filter(code="pm2_5").update(is_pollutant=False)
    assert outlook_of(press) == ""


def outlook_of(station: Station) -> str:
    scene = load(station, Preferences())
    return outlook(scene, "pm2_5", chart_of(scene, "pm2_5").forecast).lower()


def test_of_what_is_no_pollutant_the_tenths_are_told(press):
    Variable.objects.filter(code="pm2_5").update(is_pollutant=False)
    collection(Reading).update_one({"at": clock.naive(clock.now())}, {"$set": {"values.pm2_5": 69.44}})
    page = citizen().get("/press/press/?pollutant=pm2_5").content.decode()
    assert "<td><bdi>69.4</bdi></td>" in page
    assert '<b data-value="pm2_5">69.4</b>' in page
    assert now(load(press, Preferences()))["texts"]["pm2_5"] == "69.4"


@pytest.mark.parametrize(
    ("value", "text"),
    [(-18.42, "-18.4"), (2.259, "2.3"), (69.4, "69.4"), (1503.4, "1,503"), (0.0213, "0.021"), (0, "0.0")],
)
def test_three_digits_are_enough(value, text):
    assert number_text(value, Variable(code="temperature")) == text
    assert number_text(85.3, Variable(code="pm2_5", is_pollutant=True)) == number_text(85.3) == "85"


def test_a_fine_series_does_not_claim_to_show_two_days(press):
    page = citizen().get("/press/press/").content.decode()
    assert "Each measure, lately" in page
    assert "two days" not in page
    assert "48 hours" not in page
