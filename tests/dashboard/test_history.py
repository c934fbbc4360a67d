"""A year at a glance."""

import csv
import io
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard.drawing import plot
from dashboard.past import history
from dashboard.past.history import months_by_year, year_of, years_of
from ingestion.models import Station, Variable
from tests import factories as make
from tests.cast import citizen
from tests.markup import tight

pytestmark = pytest.mark.django_db
PATH = "/lahore/lahore/history"
KARACHI = ZoneInfo("Asia/Karachi")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KARACHI).astimezone(UTC)


@pytest.fixture
def two_years(db) -> Station:
    station = make.make_lahore()
    for text, pm, aqi in (
        ("2024-12-31T23:00", 200.0, 250), ("2025-01-01T00:00", 10.0, 40), ("2025-01-01T05:00", 30.0, 90),
        ("2025-06-15T12:00", 50.0, 137),
    ):  # fmt: skip
        make.make_reading("lahore", at(text), pm2_5=pm, aqi=aqi)
    return station


@pytest.fixture(autouse=True)
def forget_years():
    history._remembered.cache_clear()


def test_years_and_days_are_those_of_the_wall_clock(two_years):
    assert years_of(two_years) == [2025, 2024]
    days = year_of(two_years, "pm2_5", 2025).days
    assert [day.date.isoformat() for day in days] == ["2025-01-01", "2025-06-15"]


def test_a_day_has_its_highest_index_its_mean_and_its_completeness(two_years):
    day = year_of(two_years, "pm2_5", 2025).days[0]
    assert (day.aqi, day.mean, day.count) == (90, 20.0, 2)
    assert day.complete == pytest.approx(2 / 24)


def test_nothing_is_missing_of_the_hours_before_the_first_reading_and_after_the_newest(two_years):
    assert year_of(two_years, "pm2_5", 2024).days[0].complete == 1.0  # the station's first hour
    assert year_of(two_years, "pm2_5", 2025).days[1].complete == pytest.approx(1 / 13)  # until noon


def test_days_without_any_reading_are_missing_from_the_year(two_years):
    assert year_of(two_years, "pm2_5", 2024).complete == 1.0
    assert year_of(two_years, "pm2_5", 2025).complete == pytest.approx(3 / (165 * 24 + 13))


def test_doubted_values_are_left_out_of_means(two_years):
    make.make_reading("lahore", at("2025-01-01T06:00"), pm2_5=9000.0, flags={"pm2_5": "too high"})
    assert year_of(two_years, "pm2_5", 2025).days[0].mean == 20.0


def test_hours_and_weekdays_have_their_means(two_years):
    year = year_of(two_years, "pm2_5", 2025)
    assert year.profile[2][5] == 30.0  # 1 January 2025 was a Wednesday
    assert year.profile[6][12] == 50.0


def test_months_can_be_compared_year_against_year(two_years):
    years = months_by_year(two_years, "pm2_5")
    assert list(years) == [2025, 2024]
    assert (years[2025][0], years[2025][5], years[2025][1]) == (20.0, 50.0, None)
    assert years[2024][11] == 200.0


def test_a_year_that_is_over_is_read_once_and_anew_where_readings_came_later(two_years, monkeypatch):
    read = []
    really = history._months
    monkeypatch.setattr(history, "_months", lambda *year: read.append(year[-1]) or really(*year))
    for _ in range(2):
        months_by_year(two_years, "pm2_5")
    assert read == [2025, 2024, 2025]
    make.make_reading("lahore", at("2024-12-31T22:00"), pm2_5=100.0)
    assert months_by_year(two_years, "pm2_5")[2024][11] == 150.0


def test_each_chart_has_its_numbers_behind_it(two_years):
    page = citizen().get(f"{PATH}/", {"year": "2025"}).content.decode()
    assert page.count("The numbers behind the chart") == 3  # the week by hour is a table itself
    assert '<th scope="row">15 Jun 2025</th><td>137</td><td><bdi>50</bdi></td><td>1</td><td><bdi>8%</bdi></td>' in page
    assert '<th scope="row">January</th><td><bdi>20</bdi></td><td><bdi>–</bdi></td>' in page


@pytest.mark.parametrize(
    ("table", "first"),
    [
        ("hours", ["1", "0", "", "µg/m³"]),
        ("values", ["2.5", "µg/m³", "0"]),
        ("months", ["2025", "1", "20.0", "µg/m³"]),
    ],
)
def test_each_chart_can_be_taken_along_as_a_table(two_years, table, first):
    answer = citizen().get(f"{PATH}.csv", {"year": "2025", "pollutant": "pm2_5", "table": table})
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[1] == first
    assert table != "values" or rows[-1] == ["", "µg/m³", "1"]  # the last bar has no upper end
    assert f"lahore-pm2_5-2025-{table}.csv" in answer["Content-Disposition"]


@pytest.mark.parametrize("step", [1.0, 0.001, 0.1])
def test_a_bar_holds_what_is_up_to_its_number_however_small_that_is(two_years, step):
    """Whole degrees stood one bar too high, and a vibration of 0.021 mm/s and all others in a single one."""
    make.collection(make.Reading).delete_many({})
    for number in range(1, 21):
        make.make_reading("lahore", at("2025-03-01T00:00") + number * make.HOUR, pm2_5=number * step)
    bins = year_of(two_years, "pm2_5", 2025).bins
    assert [count for _, count in bins] == [1] * 20
    assert [edge for edge, _ in bins] == pytest.approx([number * step for number in range(1, 21)])


@pytest.mark.parametrize(("day", "is_said"), [("2023-11-05T12:00", True), ("2025-11-05T12:00", False)])
def test_a_year_with_the_index_of_an_earlier_table_says_so(two_years, day, is_said):
    """230 µg/m³ are 280 in the colours of 2023, and 310 in those of 2025: no trend."""
    make.make_reading("lahore", at(day))
    page = citizen().get(f"{PATH}/", {"year": day[:4]}).content.decode()
    assert ("Days before 6 May 2024 have the index of the table then in force" in tight(page)) == is_said


def test_the_distribution_counts_every_value_once(two_years):
    assert sum(count for _, count in year_of(two_years, "pm2_5", 2025).bins) == 3


def test_the_page_shows_every_day_of_the_year_and_holes_too(two_years):
    page = citizen().get(f"{PATH}/", {"year": "2024"}).content.decode()
    assert page.count("<rect") == 366 + 2  # and in the strip of completeness: what was due, and the day that came
    assert 'width="1" height="100"/>' in page  # due: from the first day with readings to the last, and no others
    assert "Tue 31 Dec 2024: 250" in page
    assert "Mon 30 Dec 2024: –" in page


def test_a_year_without_readings_shows_the_newest_one(two_years):
    assert "Sun 15 Jun 2025: 137" in citizen().get(f"{PATH}/", {"year": "1815"}).content.decode()


@pytest.mark.parametrize("query", [{"year": "1" * 5000}, {"table": "days\nX-Odd: 1"}, {"table": '"; filename="x.exe'}])
def test_nonsense_in_the_address_of_a_table_is_left_out(two_years, query):
    answer = citizen().get(f"{PATH}.csv", query)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="lahore-pm2_5-2025.csv"'


def test_a_table_of_what_nobody_measures_is_refused(two_years):
    answer = citizen().get(f"{PATH}.csv", {"pollutant": "pm25"})
    assert answer.status_code == 404
    assert answer.content.decode().startswith("Lahore has no readings of 'pm25' in 2025. It has: pm2_5")


def test_the_table_has_a_row_a_day(two_years):
    answer = citizen().get(f"{PATH}.csv", {"year": "2025", "pollutant": "pm2_5"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert rows[0] == {
        "date": "2025-01-01", "variable": "pm2_5", "mean": "20.0", "unit": "µg/m³",
        "highest_aqi": "90", "readings": "2", "complete": "0.083",
    }  # fmt: skip


def test_a_station_without_readings_has_no_history_yet(db):
    make.make_station()
    assert "No reading has arrived yet" in citizen().get(f"{PATH}/").content.decode()


def test_a_machine_is_asked_for_what_it_measures_and_has_no_index(db):
    make.make_variables()
    Variable.objects.create(code="temperature", name="Temperature", unit="°C", is_pollutant=False)
    make.make_station()
    make.make_readings("lahore", 30, aqi=None, dominant="", values={"temperature": 41.5})
    page = citizen().get(f"{PATH}/").content.decode()
    assert re.findall(r'<option value="(\D\w*)"', page) == ["temperature"]
    assert "highest AQI" not in page
    assert "temperature" in citizen().get(f"{PATH}.csv")["Content-Disposition"]


def test_it_begins_as_the_city_page_does_with_a_pollutant_before_what_is_none(lahore):
    Variable.objects.create(code="benzene", name="Benzene", unit="µg/m³", is_pollutant=True)
    Variable.objects.create(code="air_pressure", name="Air pressure", unit="hPa", is_pollutant=False)
    make.make_station(slug="other", city="lahore")
    values = {"air_pressure": 1001.0, "benzene": 3.0}
    make.make_readings("other", 30, aqi=None, dominant="", values=values)
    assert "other-benzene-" in citizen().get("/lahore/other/history.csv")["Content-Disposition"]
    assert citizen().get("/lahore/other/now.json").json()["variable"] == "benzene"


@pytest.fixture
def press(db) -> Station:
    """A machine of the factory, between 61 and 79 °C, and on one night far below zero."""
    make.Variable.objects.create(code="temperature", name="Temperature", unit="°C")
    station = make.make_station(slug="press", name="Press", name_ur="", city="", provider="push")
    start, none = at("2025-03-01T00:00"), {"aqi": None, "dominant": ""}
    degrees = [-12.0 if hour == 7 else 61.0 + hour % 19 for hour in range(200)]
    make.write_readings([
        make.reading_document("press", start + hour * make.HOUR, values={"temperature": value}, **none)
        for hour, value in enumerate(degrees)
    ])  # fmt: skip
    return station


def test_what_a_zero_means_nothing_of_is_not_drawn_from_zero(press):
    bins = year_of(press, "temperature", 2025, from_zero=False).bins
    assert (bins[0][0], sum(count for _, count in bins)) == (pytest.approx(61.0, abs=1.0), 200)
    for path in ("history/", "explore/"):
        page = citizen().get(f"/press/press/{path}").content.decode()
        assert float(re.search(r'class="value-tick"[^>]*>([^<]+)<', page)[1]) > 40, path


def test_nowhere_does_a_sign_stand_beside_a_dash(press):
    cold = {"variable": "temperature", "value": -3.0, "expected": -6.6, "lower": -7.7, "upper": -5.5}
    event = make.make_anomaly("press", at("2025-03-01T07:00"), series="press/temperature", **cold)
    said = {
        path: tight(citizen().get(f"/press/press/{path}").content.decode())
        for path in (f"unusual/{event.pk}/", "explore/")
    }
    assert "<bdi>-6.6 °C</bdi>(<bdi>-7.7 to -5.5</bdi>)" in said[f"unusual/{event.pk}/"]
    assert not [path for path, text in said.items() if "–-" in text]


def test_what_a_machine_measures_is_not_called_a_pollutant(press):
    for path in ("", "history/", "explore/", "unusual/", "model/"):
        assert "ollutant<" not in citizen().get(f"/press/press/{path}").content.decode(), path
    assert "<span>Measured</span>" in citizen().get("/press/press/history/").content.decode()
    assert "<span>کس کی پیمائش</span>" in citizen("ur").get("/press/press/history/").content.decode()


@pytest.mark.parametrize(("page", "charts"), [("history", 5), ("explore", 10)])
def test_each_way_to_take_a_chart_along_says_which_chart_it_is(two_years, page, charts):
    text = citizen().get(f"/lahore/lahore/{page}/").content.decode()
    named = re.findall(r'>(CSV|PNG)<span class="visually-hidden">: ([^<]+)</span>', text)
    assert len(named) == len(set(named)) == 2 * charts
    assert ("CSV", "PM2.5 by hour and weekday") in named or page == "explore"


def test_a_table_without_a_chart_is_open_and_offers_no_picture(press):
    page = citizen().get("/press/press/history/").content.decode()
    days = page[page.index('id="days" open') : page.index("Month by month")]
    assert ("CSV" in days, "PNG" in days) == (True, False)


def test_the_days_of_each_month_have_a_table_of_their_own_the_newest_first(two_years):
    make.make_reading("lahore", at("2025-06-16T12:00"), pm2_5=60.0, aqi=140)
    page = tight(citizen().get(f"{PATH}/", {"year": "2025"}).content.decode())
    assert re.findall(r"<caption>(\w+)</caption>|<th scope=\"row\">(\d+ \w+) 2025</th>", page) == [
        ("June", ""), ("", "16 Jun"), ("", "15 Jun"), ("January", ""), ("", "1 Jan")
    ]  # fmt: skip


def test_a_lone_mean_of_what_has_no_zero_stands_in_the_middle():
    drawn = plot.lines("", [("", [(1, 70.0)])], [], from_zero=False)
    assert drawn.curves[0].path.startswith("M500 500")


def test_the_colours_of_the_days_are_explained_by_the_scale_that_they_are_of(two_years):
    page = citizen().get(f"{PATH}/", {"year": "2025", "standard": "uk_daqi"}).content.decode()
    assert "highest AQI <small>US AQI</small>" in page
    assert "Hazardous</li>" in page


def test_the_last_bar_takes_all_that_is_higher_and_says_so(two_years):
    page = tight(citizen().get(f"{PATH}/", {"year": "2025"}).content.decode())
    assert '<tr><th scope="row">more</th><td>1</td></tr></tbody>' in page
    assert '<li title="more: 1">' in page


def test_a_sign_stands_before_its_number_in_urdu_too(press):
    make.make_readings("press", 30, values={"temperature": -4.5}, aqi=None, dominant="")
    for path in ("", "explore/"):
        page = citizen("ur").get(f"/press/press/{path}").content.decode()
        assert re.search(r"<bdi>-\d", page), path
        assert not re.search(r"<td>-\d", page), path
