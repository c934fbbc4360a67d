"""What the forecast means for the hours that people can still choose, at a fixed time of the station's clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from dashboard.city.outlook import hours_sentence, night_sentence
from detection.models import Forecast
from ingestion.aqi import DEFAULT
from ingestion.models import Station
from tests import factories as make
from tests.cast import citizen

LAHORE = Station(slug="lahore", timezone="Asia/Karachi")
CLEAN, FOUL = 40.0, 160.0  # µg/m³
TOP_INDEX = {CLEAN: 110, FOUL: 230}


def at(hour: int) -> datetime:
    """An hour of 9 November by Lahore's clock."""
    return datetime(2026, 11, 9, hour, tzinfo=LAHORE.zone)


def issued(now: datetime, clean_hours: range) -> Forecast:
    """72 hours, foul but for these hours of each day."""
    hours = [now + step * timedelta(hours=1) for step in range(1, 73)]
    middle = [CLEAN if hour.hour in clean_hours else FOUL for hour in hours]
    categories = {"standard": DEFAULT, "aqi": [TOP_INDEX[value] for value in middle]}
    return Forecast(start=hours[0].astimezone(UTC), quantiles={"q50": middle}, categories=categories)


@pytest.mark.parametrize(
    ("hour", "day"), [(0, "today"), (4, "today"), (11, "today"), (12, "tomorrow"), (23, "tomorrow")]
)
def test_in_the_morning_it_speaks_of_today_and_later_of_tomorrow(hour: int, day: str) -> None:
    said = hours_sentence(LAHORE, issued(at(hour), range(14, 17)), at(hour))
    assert said.startswith(f"Cleanest {day}: 2 pm to 5 pm. Worst:")


def test_hours_that_have_passed_are_not_offered() -> None:
    said = hours_sentence(LAHORE, issued(at(10), range(6, 9)), at(10))
    assert said == "Today's hours will be much alike."


@pytest.mark.parametrize("hour", range(24))
def test_it_says_what_the_night_will_be_like(hour: int) -> None:
    assert night_sentence(LAHORE, [issued(at(hour), range(0))], at(hour)) == "Tonight, most likely: Very unhealthy."


def test_a_night_that_changes_is_told_with_both_ends() -> None:
    said = night_sentence(LAHORE, [issued(at(15), range(20, 24))], at(15))
    assert said == "Tonight, most likely: Unhealthy for sensitive groups to Very unhealthy."


def test_after_midnight_it_is_the_rest_of_this_night() -> None:
    assert "Unhealthy for sensitive groups." in night_sentence(LAHORE, [issued(at(2), range(6))], at(2))


def test_it_says_so_in_urdu() -> None:
    with translation.override("ur"):
        said = night_sentence(LAHORE, [issued(at(15), range(0))], at(15))
        assert said == "آج رات غالباً: بہت مضرِ صحت۔"
        assert hours_sentence(LAHORE, issued(at(4), range(14, 17)), at(4)).startswith("آج سب سے صاف ہوا:")


def test_a_forecast_without_an_index_says_nothing_of_the_night() -> None:
    forecast = issued(at(15), range(0))
    forecast.categories = None
    assert night_sentence(LAHORE, [forecast], at(15)) == ""


@pytest.fixture
def ozone_leads(lahore: Station) -> Station:
    """An afternoon of ozone, after which dust will be worse."""
    Station.objects.update(timezone=make.afternoon())
    make.make_reading("lahore", make.this_hour(), aqi=120, dominant="o3")
    foretell("o3", 20)
    return lahore


def foretell(code: str, index: int, hours_ago: int = 0) -> None:
    make.make_forecast(f"lahore/{code}", make.this_hour() - hours_ago * make.HOUR)
    Forecast.objects.filter(series=f"lahore/{code}").update(categories={"standard": DEFAULT, "aqi": [index] * 72})


@pytest.mark.django_db
def test_the_night_is_as_bad_as_its_worst_pollutant_and_not_as_the_one_that_leads_now(ozone_leads) -> None:
    foretell("pm2_5", 160)
    foretell("no2", 30)
    assert "Tonight, most likely: Unhealthy." in citizen().get("/lahore/lahore/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("hours_ago", [None, 5])
def test_nothing_is_said_of_a_night_of_which_no_dust_is_foretold(ozone_leads, hours_ago) -> None:
    if hours_ago:
        foretell("pm10", 160, hours_ago)
    assert "Tonight" not in citizen().get("/lahore/lahore/").content.decode()
