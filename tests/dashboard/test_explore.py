"""A year taken apart."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from dashboard.drawing import plot
from dashboard.past import explore
from dashboard.past.hourly import hourly, spread
from ingestion.models import Station, Variable
from tests import factories as make
from tests.cast import citizen

pytestmark = pytest.mark.django_db
PATH = "/lahore/lahore/explore"
TAG = re.compile(r"<[^>]*>")
START = datetime(2025, 3, 2, 19, tzinfo=UTC)  # midnight in Lahore


@pytest.fixture
def month(db) -> Station:
    station = make.make_lahore()
    make.make_readings("lahore", hours=24 * 30, until=START + 24 * 30 * make.HOUR - make.HOUR)
    return station


def test_hours_that_did_not_come_are_there_without_a_value(month):
    make.collection(make.Reading).delete_one({"at": (START + 5 * make.HOUR).replace(tzinfo=None)})
    year = hourly(month, ["pm2_5", "nh3"], 2025)
    assert list(year.columns) == ["pm2_5"]
    assert len(year.times) == 24 * 30
    assert year.columns["pm2_5"][5] != year.columns["pm2_5"][5]
    assert year.hours[0] == 0


def test_a_reading_every_three_hours_stands_for_three_and_not_for_the_next_one(db):
    station = make.make_lahore(expected_interval=3 * make.HOUR)
    for hour, value in ((0, 10.0), (3, 20.0), (9, 30.0)):
        make.make_reading("lahore", START + hour * make.HOUR, pm2_5=value)
    found = hourly(station, ["pm2_5"], 2025).columns["pm2_5"]
    assert np.array_equal(found, [10, 10, 10, 20, 20, 20, *[np.nan] * 3, 30], equal_nan=True)


def test_a_reading_every_80_minutes_leaves_no_hour_out():
    every = np.array([1.0, 2.0, 3.0, np.nan, 4.0, 5.0, 6.0, np.nan])
    assert spread(every, timedelta(minutes=80)).tolist() == [1, 2, 3, 3, 4, 5, 6, 6]
    assert spread(every, timedelta(hours=1)) is every


@pytest.mark.parametrize(("hours", "times"), [(5, 2), (30 * 24, 0)])
def test_of_a_first_day_it_says_that_too_little_is_known(month, hours, times):
    make.collection(make.Reading).delete_many({"at": {"$gte": (START + hours * make.HOUR).replace(tzinfo=None)}})
    page = citizen().get(f"{PATH}/").content.decode()
    assert page.count("Too few hours to tell.") == times
    assert ("Likeness to the same hour a day before" in page) == (not times)
    assert "nan" not in page.partition("<main")[2]


def test_a_doubted_value_is_left_out(month):
    make.make_reading("lahore", START, pm2_5=9000.0, flags={"pm2_5": "too high"})
    assert hourly(month, ["pm2_5"], 2025).columns["pm2_5"][1:].max() < 200


def test_the_page_shows_what_repeats_and_what_goes_together(month):
    page = citizen().get(f"{PATH}/", {"pollutant": "pm2_5", "against": "pm10"}).content.decode()
    assert "They rise together." in page
    assert "PM2.5 against PM10" in page
    assert page.count('class="curve') == 2 + 1 + 1 + 1


def test_two_that_do_not_move_have_no_connection_to_speak_of(month):
    year = hourly(month, ["o3", "no2"], 2025)
    known = {code: Variable.objects.get(code=code) for code in year.columns}
    assert explore.matrix(year, known)[0][1][1] == (known["no2"], None)


def test_words_follow_the_correlation():
    assert explore.in_words(0.8) == "They rise together."
    assert explore.in_words(-0.5) == "When one rises, the other falls."
    assert explore.in_words(0.1) == "They have little to do with each other."


def test_the_table_has_a_row_an_hour(month):
    answer = citizen().get(f"{PATH}.csv", {"year": "2025"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == 24 * 30
    assert rows[0]["at"] == "2025-03-03T00:00:00+05:00"
    assert float(rows[0]["pm2_5"]) == pytest.approx(make.usual_pm(START), abs=0.001)


def test_nonsense_in_the_address_is_left_out(month):
    odd = {"year": "x", "pollutant": "?", "against": "pm2_5"}
    one, other = (citizen().get(f"{PATH}/", query).content.decode() for query in (odd, {}))
    assert TAG.sub("", one) == TAG.sub("", other)


def test_a_station_without_readings_has_nothing_to_explore_yet(db):
    make.make_station()
    assert "No reading has arrived yet" in citizen().get(f"{PATH}/").content.decode()
    assert citizen().get(f"{PATH}.csv").status_code == 200


def test_a_gap_is_not_drawn_over():
    drawn = plot.lines("", [("", [(0, 1.0), (1, 2.0), (2, float("nan")), (3, 4.0)])], [])
    assert drawn.curves[0].path.count("M") == 2


def test_the_fullest_cell_is_the_darkest(month):
    year = hourly(month, ["pm2_5", "o3"], 2025)
    drawn = plot.density("", year.columns["pm2_5"], year.columns["o3"])
    assert len(drawn.cells) == plot.SHADES
    assert drawn.cells[-1]


def test_the_page_shows_the_distribution_and_what_is_missing(month):
    make.collection(make.Reading).delete_many(
        {"at": {"$gte": START.replace(tzinfo=None)}, "values.pm2_5": {"$gt": 120}}
    )
    page = citizen().get(f"{PATH}/", {"pollutant": "pm2_5"}).content.decode()
    assert '<ul class="bars"' in page
    assert "30 gaps" in page or "29 gaps" in page
    assert page.count("<rect x=") == 30


@pytest.mark.parametrize("hours", [1, 3])
def test_a_stations_first_hours_can_be_explored(db, hours):
    make.make_lahore()
    make.make_readings("lahore", hours=hours, until=START + 3 * make.HOUR)
    assert citizen().get(f"{PATH}/").status_code == 200


def test_a_lone_value_is_a_dot_in_the_middle():
    drawn = plot.lines("", [("", [(7, 2.0)])], [(7, "seven")])
    assert drawn.curves[0].path.startswith("M500 ")
    assert drawn.across[0].place == 50.0


def test_the_day_on_which_the_clock_is_set_back_is_complete_and_no_more(db):
    berlin = make.make_lahore(timezone="Europe/Berlin")
    make.make_readings("lahore", hours=25, until=datetime(2025, 10, 26, 22, tzinfo=UTC))
    [day] = explore.strip(hourly(berlin, ["pm2_5"], 2025), "pm2_5").bars
    assert (day.height, day.text) == (100, "Sun 26 Oct 2025: 100%")


def test_the_newest_day_misses_nothing_of_what_is_still_to_come(db):
    lahore = make.make_lahore()
    make.make_readings("lahore", hours=3, until=datetime(2025, 6, 1, 5, tzinfo=UTC))
    [day] = explore.strip(hourly(lahore, ["pm2_5"], 2025), "pm2_5").bars
    assert day.height == 100
