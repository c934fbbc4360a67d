"""An index of too few pollutants: a lower bound, and told as one or not at all."""

from datetime import timedelta

import pytest

from aqi_project import clock
from ingestion.models import Station, Variable
from tests import factories as make
from tests.cast import citizen

pytestmark = pytest.mark.django_db
WHY = "Not all pollutants that this scale asks for could be counted: the air may be worse."


@pytest.fixture
def gases(db) -> Station:
    """A station that measures no dust."""
    make.make_variables()
    return make.make_station(slug="gases", name="Gases")


def read(ozone: float, aqi: int | None, **more: float) -> None:
    values = {"o3": ozone, "no2": 25.0, "so2": 9.0, "co": 900.0, **more}
    make.make_readings("gases", values=values, aqi=aqi, dominant="o3" if aqi else "")


def state(standard: str = "us_epa", language: str = "en") -> dict[str, str]:
    return citizen(language).get("/lahore/gases/now.json", {"standard": standard}).json()


@pytest.mark.parametrize("standard", ["us_epa", "eu", "china", "uk_daqi", "openweather", "india_cpcb"])
def test_gases_alone_never_call_the_air_good(gases, standard):
    read(40.0, aqi=None)
    assert (state(standard)["level"], state(standard)["advice"]) == (0, {})


@pytest.mark.parametrize("standard", ["us_epa", "eu"])
def test_a_station_of_three_hours_says_why_there_is_no_index(gases, standard):
    Station.objects.update(expected_interval=timedelta(hours=3))
    times = [make.this_hour() - timedelta(hours=3 * back) for back in range(24)]
    none = {"values": {"pm2_5": 80.0}, "aqi": None, "dominant": ""}
    make.write_readings([make.reading_document("gases", at, **none) for at in times])
    assert "gives no index here" in state(standard)["beyond"]
    assert "اس لیے یہاں اشاریہ نہیں" in state(standard, "ur")["beyond"]
    page = citizen().get("/lahore/gases/", {"standard": standard}).content.decode()
    assert "gives no index here" in page
    assert "Other scales and colours" in page


def test_where_no_pollutant_is_measured_no_index_is_missing(gases):
    Variable.objects.update(is_pollutant=False)
    make.make_readings("gases", values={"pm2_5": 20.0}, aqi=None, dominant="")
    assert state()["beyond"] == ""
    assert "Other scales and colours" not in citizen().get("/lahore/gases/").content.decode()


@pytest.mark.parametrize("standard", ["us_epa", "eu", "uk_daqi", "openweather", "india_cpcb"])
def test_what_gases_alone_make_harmful_is_at_least_that(gases, standard):
    read(170.0, aqi=149)
    said = state(standard)
    assert said["category"].startswith("At least: ")
    assert said["beyond"] == WHY
    assert citizen().get("/lahore/gases/text/").content.decode().startswith("Gases: 149 At least: Unhealthy for")
    assert "At least: " in citizen().get("/embed/gases/").content.decode()
    assert state(standard, "ur")["category"].startswith("کم از کم: ")


def test_an_index_that_asks_for_three_pollutants_is_at_least_that_of_one(gases):
    make.make_readings("gases", values={"pm2_5": 150.0}, aqi=226, dominant="pm2_5")
    assert state("india_cpcb")["category"].startswith("At least: ")
    assert state()["category"] == "Very unhealthy"
    assert state()["beyond"] == ""


@pytest.fixture
def two_minutes(gases) -> Station:
    """Of which a page reads twenty hours: four hours of much worse air came before them."""
    gases.expected_interval = timedelta(minutes=2)
    gases.save()
    now = clock.now().replace(second=0, microsecond=0)
    times = [now - timedelta(minutes=2 * back) for back in range(720)]
    made = [(at, 20.0 if at > now - timedelta(hours=20) else 500.0) for at in times]
    more = {"aqi": 70, "dominant": "pm2_5"}
    documents = [
        make.reading_document("gases", at, values={"pm2_5": dust, "o3": 40.0, "no2": 25.0}, **more) for at, dust in made
    ]
    make.write_readings(documents)
    return gases


def test_no_mean_of_a_day_is_told_of_less_than_a_day(two_minutes):
    """Of these 24 hours it is 100 µg/m³, which India calls poor; of the last twenty 20, which it calls good."""
    assert state("india_cpcb")["category"] in ("PM2.5", "O₃", "Ozone")
    assert "mean of 1 day" not in citizen().get("/lahore/gases/").content.decode()
    assert state()["category"] == "Moderate"
    assert state("openweather")["category"] == "Fair"
