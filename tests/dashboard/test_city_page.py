"""The page that answers: how is the air, is that unusual, what do I do, what comes."""

import csv
import io
import re
from datetime import UTC, timedelta

import pytest

from dashboard.city.scene import load
from dashboard.preferences import Preferences
from dashboard.times import age_text, moment_text
from dashboard.views.city import chart_of
from detection.models import Forecast
from ingestion.models import Station
from tests import factories as make
from tests.cast import citizen
from tests.markup import tight

pytestmark = pytest.mark.django_db


def text_of(client, path="/", **query) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200
    return tight(answer.content.decode())


def test_it_shows_the_number_its_category_and_a_shape(modelled_lahore):
    page = text_of(citizen())
    assert '<span data-live="number">170</span>' in page
    assert '<span data-live="category">Unhealthy</span>' in page
    assert 'data-shape="diamond"' in page


@pytest.mark.parametrize("path", ["/", "/subscribe/"])
@pytest.mark.parametrize(
    ("gateway", "asked"), [("", "E-mail"), ("form://127.0.0.1:1/?:to={to}", "E-mail or mobile number")]
)
def test_a_mobile_number_is_asked_for_only_where_one_can_be_used(modelled_lahore, settings, path, gateway, asked):
    settings.SMS_URL = gateway
    page = text_of(citizen(), path)
    assert f">{asked}<" in page or f">{asked}:<" in page


def test_it_says_what_the_number_is(modelled_lahore):
    page = text_of(citizen())
    assert "US AQI" in page
    assert "NowCast" in page
    assert "PM2.5" in page
    assert "OpenWeather" in page
    assert "minutes ago" in page or "just now" in page or "hour ago" in page


def test_what_is_folded_away_says_whom_it_is_for(modelled_lahore):
    assert "<summary>For children, older or ill people, outdoor workers</summary>" in text_of(citizen())
    assert "<summary>For other people</summary>" in text_of(citizen(), group="children")


def test_it_says_what_to_do_for_my_group_first_and_remembers_me(modelled_lahore):
    reader = citizen()
    page = text_of(reader, group="children")
    assert re.search(r'class="mine"><span class="who">Children and schools', page)
    assert re.search(r'class="mine"><span class="who">Children and schools', text_of(reader))


def test_it_says_that_a_usual_value_is_usual(modelled_lahore):
    assert re.search(r"Usual for \w+ (mornings|afternoons|evenings|nights)\.", text_of(citizen()))


def test_it_says_that_a_double_value_is_about_twice_the_usual(modelled_lahore):
    make.make_reading("lahore", make.this_hour(), pm2_5=2 * make.usual_pm(make.this_hour()))
    assert "About twice the usual for" in text_of(citizen())


def test_it_names_the_multiple_of_a_very_high_value_and_how_rare_it_is(modelled_lahore):
    hour = make.this_hour()
    make.make_reading("lahore", hour, pm2_5=4 * make.usual_pm(hour))
    make.make_anomaly("lahore", hour, end=None, days_between=40.2)
    page = text_of(citizen())
    assert "About 4 times the usual for" in page
    assert "about once in 40 days" in page


def test_it_judges_no_doubted_value(modelled_lahore):
    make.make_reading("lahore", make.this_hour(), flags={"pm2_5": "repeated"})
    assert "in doubt, so we do not judge it" in text_of(citizen())


def test_it_says_in_the_readers_language_why_a_value_is_doubted(modelled_lahore):
    make.make_reading("lahore", make.this_hour(), flags={"pm2_5": "frozen: PM2.5 is exactly 90 at least 6 times."})
    assert 'title="PM2.5 is exactly 90 at least 6 times."' in text_of(citizen())
    assert 'title="عدد بہت دیر سے نہیں بدلا' in text_of(citizen("ur"))


def test_it_says_so_when_there_is_no_model_yet(lahore):
    assert "Too few readings so far" in text_of(citizen())


def test_it_draws_line_band_and_forecast(modelled_lahore):
    page = text_of(citizen())
    for name in ("line", "band", "fan", "foretold"):
        assert re.search(rf'class="{name}" d="M\d', page), name


def test_the_band_begins_where_the_line_begins(db):
    make.make_variables()
    station = make.make_station(slug="mill")
    make.make_readings("mill", hours=5)
    make.make_band("mill/pm2_5", make.this_hour())
    chart = chart_of(load(station, Preferences()), "pm2_5")
    assert chart.band[0].at == chart.rows[0].at


def test_it_draws_a_gap_as_a_gap(lahore):
    make.collection(make.Reading).delete_one({"at": (make.this_hour() - 9 * make.HOUR).replace(tzinfo=None)})
    line = re.search(r'class="line" d="([^"]+)"', text_of(citizen()))[1]
    assert line.count("M") == 2


def test_it_draws_a_doubted_point_hollow_and_leaves_it_out_of_the_line(lahore):
    make.make_reading("lahore", make.this_hour() - 9 * make.HOUR, flags={"pm2_5": "repeated"})
    page = text_of(citizen())
    assert re.search(r'class="hollow" d="M\d+ \d+L\d+ \d+"', page)
    assert re.search(r'class="line" d="([^"]+)"', page)[1].count("M") == 2


def test_it_marks_an_anomaly_and_explains_it(modelled_lahore):
    event = make.make_anomaly("lahore", make.this_hour() - 9 * make.HOUR)
    page = text_of(citizen())
    assert f'class="mark" href="/lahore/lahore/unusual/{event.pk}/"' in page
    assert "PM2.5 rose to 260" in page


def test_it_never_tells_citizens_that_a_sensor_fault_was_pollution(modelled_lahore):
    make.make_anomaly("lahore", make.this_hour() - 9 * make.HOUR, is_fault=True, explanation="The sensor stuck.")
    page = text_of(citizen())
    assert "The sensor stuck." not in page
    assert '<rect class="fault"' in page


def test_it_names_the_best_hours_ahead(modelled_lahore):
    assert re.search(r"Cleanest (today|tomorrow): [\d:]+ [ap]m to [\d:]+ [ap]m", text_of(citizen()))


def test_it_names_the_category_of_the_night_for_the_pollutant_of_the_headline_alone(modelled_lahore):
    Station.objects.update(timezone=make.afternoon())
    Forecast.objects.update(categories={"standard": "us_epa", "aqi": [160] * 72})
    make.make_forecast("lahore/no2", make.this_hour())
    Forecast.objects.filter(series="lahore/no2").update(categories={"standard": "us_epa", "aqi": [20] * 72})
    assert "Tonight, most likely: Unhealthy." in text_of(citizen())
    assert "Tonight" not in text_of(citizen(), pollutant="no2")
    assert "Tonight" not in text_of(citizen(), standard="uk_daqi")


def test_it_says_why_nothing_is_foretold_of_what_is_in_doubt_for_days(modelled_lahore):
    since = (make.this_hour() - 30 * make.HOUR).replace(tzinfo=None)
    make.collection(make.Reading).update_many({"at": {"$gt": since}}, {"$set": {"flags.pm2_5": "frozen: …"}})
    page = text_of(citizen(), pollutant="pm2_5")
    assert "No forecast: for more than a day no value has come that we trust." in page
    assert "Cleanest" not in page
    assert "No forecast" not in text_of(citizen(), pollutant="no2")


def test_it_compares_each_pollutant_with_the_guideline(modelled_lahore):
    assert re.search(r"6\.\d ×</b> the WHO guideline, mean of 1 day", text_of(citizen()))


def test_it_shows_the_pollutant_that_was_asked_for(modelled_lahore):
    assert 'data-variable="no2"' in text_of(citizen(), pollutant="no2")


def test_an_unknown_pollutant_shows_the_leading_one(modelled_lahore):
    assert 'data-variable="pm2_5"' in text_of(citizen(), pollutant="nonsense")


def test_it_has_the_numbers_behind_the_chart(modelled_lahore):
    assert text_of(citizen()).count('<th scope="row">') == 49 + 72 // 3


def test_it_credits_the_source_with_its_licence(lahore):
    page = text_of(citizen())
    assert "data © OpenWeather" in page
    assert "ODbL 1.0" in page


def test_open_meteo_is_credited_when_it_sent_the_data(db):
    make.make_lahore(provider="open_meteo")
    make.make_readings("lahore", hours=3, provider="open_meteo")
    page = text_of(citizen())
    assert "Open-Meteo" in page
    assert "CC BY 4.0" in page


def test_a_recording_is_called_one(db):
    make.make_lahore(provider="replay")
    make.make_readings("lahore", hours=48, until=make.this_hour() - timedelta(days=9), provider="replay")
    page = text_of(citizen())
    assert "recorded data" in page
    assert "It is not the air outside right now." in page


def test_the_chart_ends_where_the_readings_end_not_at_the_wall_clock(db):
    make.make_variables()
    newest = make.this_hour() - timedelta(days=9)
    make.make_station(provider="replay")
    make.make_readings("lahore", hours=48, until=newest, provider="replay")
    assert f'data-newest="{newest.isoformat()}"' in text_of(citizen())


def test_an_installation_without_stations_says_what_to_do_until_there_is_one(db):
    assert "No station is set up yet" in text_of(citizen())
    make.make_station()
    assert "No reading has arrived yet" in text_of(citizen())


def test_a_private_station_is_not_found(db):
    make.make_station(is_public=False)
    assert citizen().get("/lahore/lahore/").status_code == 404
    assert "No station is set up yet" in text_of(citizen())


def test_a_machine_without_pollutants_shows_its_value(db):
    make.Variable.objects.create(code="temperature", name="Temperature", unit="°C")
    make.make_station(slug="temp-01", name="TEMP-01", name_ur="", city="", provider="push")
    fields = {"values": {"temperature": 21.4}, "aqi": None, "dominant": "", "provider": "push"}
    make.make_readings("temp-01", hours=5, **fields)
    page = text_of(citizen(), "/temp-01/temp-01/")
    assert re.search(r'data-live="number">21\.4</span>\s*<small>°C', page)
    assert "What to do now" not in page
    assert "Tell me when something is unusual" in page


def test_the_numbers_beside_the_chart_stand_at_their_heights(db):
    make.Variable.objects.create(code="temperature", name="Temperature", unit="°C")
    station = make.make_station(provider="push")
    for back, value in enumerate((63.1, 66.0, 71.0)):
        make.make_reading("lahore", make.this_hour() - back * make.HOUR, aqi=None, values={"temperature": value})
    beside = chart_of(load(station, Preferences()), "temperature").value_ticks
    assert [(tick.text, tick.place) for tick in beside][:3] == [("62", 100.0), ("64", 80.0), ("66", 60.0)]


@pytest.mark.parametrize("path", ["/", "/kiosk/"])
def test_a_machine_that_is_imported_leaves_the_front_page_to_the_city(modelled_lahore, path):
    machine = make.make_station(slug="TEMP-01", name="Press 1", name_ur="", city="", provider="file")
    make.make_readings(machine.slug, hours=2)
    page = text_of(citizen(), path)
    assert "<title>Lahore" in page


def test_it_asks_the_database_little(modelled_lahore, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        text_of(citizen())


def test_the_first_view_stays_small(modelled_lahore):
    answer = citizen().get("/", headers={"accept-encoding": "gzip"})
    assert answer["content-encoding"] == "gzip"
    assert len(answer.content) < 30_000


def test_one_field_is_enough_to_be_told(modelled_lahore):
    reader = citizen()
    page = text_of(reader)
    fields = dict(re.findall(r'<input type="hidden" name="(place|severity|website)"(?: value="([^"]*)")?', page))
    answer = reader.post("/subscribe/", {**fields, "address": "reader@example.org"})
    assert answer.status_code == 302
    assert answer["location"].endswith("/subscribe/asked")


def test_the_chart_can_be_taken_along_as_a_table(modelled_lahore):
    answer = citizen().get("/lahore/lahore/chart.csv", {"pollutant": "pm2_5"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    newest = next(row for row in rows if row["at"] == make.this_hour().isoformat())
    assert float(newest["value"]) == pytest.approx(make.usual_pm(make.this_hour()), abs=0.001)
    assert float(newest["lower"]) < float(newest["expected"]) < float(newest["upper"])
    assert newest["forecast_q50"] == ""
    assert rows[-1]["value"] == ""
    assert float(rows[-1]["forecast_q50"]) > 0


def test_a_table_of_what_was_never_measured_is_refused_with_what_there_is(modelled_lahore):
    answer = citizen().get("/lahore/lahore/chart.csv", {"pollutant": "pm25"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().startswith("Lahore has no readings of 'pm25'. It has: pm2_5")
    assert citizen().get("/lahore/lahore/chart.csv").status_code == 200


def test_a_program_that_asks_for_what_was_never_measured_is_told_what_there_is(modelled_lahore):
    answer = citizen().get("/lahore/lahore/chart.json", {"pollutant": "pm25"})
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert (error["code"], error["field"]) == ("not_found", "pollutant")
    assert error["message"].startswith("Lahore has no readings of 'pm25'. It has: pm2_5")


@pytest.mark.parametrize(("minutes", "words"), [(59.4, "59 minutes ago"), (59.6, "1 hour ago"), (91, "2 hours ago")])
def test_sixty_minutes_are_an_hour(minutes, words):
    assert age_text(timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(("days", "says_the_year"), [(200, False), (400, True)])
def test_a_day_of_long_ago_is_told_with_its_year(days, says_the_year):
    moment = make.this_hour() - timedelta(days=days)
    assert (f" {moment.year}," in moment_text(moment, UTC)) is says_the_year


@pytest.mark.parametrize("path", ["/", "/lahore/lahore/text/", "/embed/lahore/", "/kiosk/"])
def test_readings_without_a_single_number_are_none_yet(db, path):
    make.make_lahore()
    make.make_reading("lahore", make.this_hour(), values={}, flags={"pm2_5": "no number"}, aqi=None, dominant="")
    assert "No reading has arrived yet." in text_of(citizen(), path)
