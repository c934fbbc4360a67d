"""The JSON that keeps a page alive where there is no socket, and its rule of staleness."""

import re
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from dashboard.times import moment_text
from dashboard.views import city
from detection.models import Forecast
from ingestion.models import Station
from tests import factories as make
from tests.cast import citizen
from tests.markup import tight

pytestmark = pytest.mark.django_db
PATH = "/lahore/lahore/"


def test_it_says_the_same_as_the_page(modelled_lahore):
    state = citizen().get(PATH + "now.json").json()
    page = tight(citizen().get(PATH).content.decode())
    assert state["number"] == "170"
    assert state["unusual"] in page
    assert state["values"]["pm2_5"] == pytest.approx(make.usual_pm(make.this_hour()))


def test_it_speaks_the_readers_language(modelled_lahore):
    assert citizen("ur").get(PATH + "now.json").json()["category"] == "مضرِ صحت"


def test_a_value_in_doubt_is_no_headline(lahore):
    doubted = {"values": {"pm2_5": -9999.0}, "flags": {"pm2_5": "sentinel: it means missing"}}
    make.make_reading("lahore", make.this_hour() + make.HOUR, aqi=None, dominant="", **doubted)
    state = citizen().get(PATH + "now.json").json()
    assert (state["number"], state["category"]) == ("–", "PM2.5")
    assert citizen().get(PATH + "text/").content.decode().startswith("Lahore: – PM2.5\n")


def test_it_speaks_the_chosen_standard(modelled_lahore):
    state = citizen().get(PATH + "now.json", {"standard": "india_cpcb"}).json()
    assert state["standard"] != "US AQI"
    assert int(state["number"]) > 0


def test_an_hourly_station_is_stale_three_hours_after_its_newest_reading(lahore):
    state = citizen().get(PATH + "now.json").json()
    assert datetime.fromisoformat(state["stale_after"]) == make.this_hour() + timedelta(hours=3)


@pytest.fixture
def silent_lahore(modelled_lahore):
    since = make.this_hour() - 5 * make.HOUR
    make.collection(make.Reading).delete_many({"at": {"$gt": since.replace(tzinfo=None)}})
    Station.objects.update(last_poll_error="401: the key is not valid\nmore for the log")


def test_a_page_says_by_itself_that_nothing_new_comes_and_why(silent_lahore):
    page = tight(citizen().get(PATH).content.decode())
    said = re.search(r'<p class="state" data-state role="status">(.+?)</p>', page)[1]
    assert said.startswith("Nothing new has come since ")
    assert "What went wrong: 401: the key is not valid</p>" in page
    assert "<title>Lahore: no current value</title>" in page
    assert '<p class="outlook"></p>' in page
    assert "Unhealthy" not in "".join(re.findall("<meta.+?>", page))


def test_of_a_silent_station_nothing_is_said_about_the_present(silent_lahore):
    page, since = citizen().get(PATH).content.decode(), make.this_hour() - 5 * make.HOUR
    assert citizen().get(PATH + "now.json").json()["unusual"] == ""
    assert '<p class="unusual" data-live="unusual"></p>' in page
    assert 'class="l-fan"' not in page
    assert 'class="now-line"' not in page
    assert f'data-end="{since.timestamp()}"' in page
    assert f" until {moment_text(since, ZoneInfo('Asia/Karachi'))}, and what was usual." in page
    assert citizen().get(PATH + "chart.json").json()["forecast"] == []


@pytest.mark.parametrize("path", [PATH + "text/", "/embed/lahore/"])
def test_nowhere_is_an_old_number_told_as_now(silent_lahore, path):
    said = re.sub(r'data-says-stale=".+?"', "", citizen().get(path).content.decode())
    assert said.index("Nothing new has come since ") < said.index("170")
    assert "Spend less time outdoors" not in said


def test_an_old_number_is_on_no_badge(silent_lahore):
    badge = citizen().get("/api/v1/stations/lahore/badge.svg").content.decode()
    assert 'aria-label="Lahore: no current value"' in badge


def test_a_recording_that_catches_up_is_stale_soon_after_its_last_arrival(db, settings):
    settings.REPLAY_SECONDS_PER_HOUR = 40
    make.make_lahore(provider="replay")
    arrived = timezone.now().replace(microsecond=0) - timedelta(seconds=5)
    make.make_readings("lahore", 3, make.this_hour() - timedelta(days=3), provider="replay", received_at=arrived)
    state = citizen().get(PATH + "now.json").json()
    assert datetime.fromisoformat(state["stale_after"]) == arrived + timedelta(seconds=120)


def test_the_chart_comes_as_numbers_too(modelled_lahore):
    make.make_anomaly("lahore", make.this_hour() - 9 * make.HOUR)
    data = citizen().get(PATH + "chart.json", {"pollutant": "pm2_5"}).json()
    assert len(data["observed"]) == 49
    assert len(data["forecast"]) == 72
    assert len(data["anomalies"]) == 1
    assert data["band"][0]["lower"] < data["band"][0]["expected"] < data["band"][0]["upper"]


def test_the_hours_ahead_come_alone_as_the_page_has_them(modelled_lahore):
    fragment = citizen().get(PATH + "chart.html").content.decode()
    assert "<html" not in fragment
    page = citizen().get(PATH).content.decode()
    for part in (r'<p class="outlook">.+?</p>', r"<figure.+?</figure>", r'<ul class="legend">.+?</ul>'):
        assert re.search(part, fragment, re.DOTALL)[0] == re.search(part, page, re.DOTALL)[0]


def lines(fragment):
    return re.findall(r'<path class="line" d="(.*?)"', fragment.content.decode())


def test_pages_that_redraw_in_the_same_moment_share_a_drawing(
    modelled_lahore, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr(city, "SHARED_FOR", 60.0)  # a machine that has much to do makes the moment longer
    first = citizen().get(PATH + "chart.html", {"pollutant": "pm2_5"})
    with django_assert_max_num_queries(1):  # of the station: it may have become private
        assert citizen().get(PATH + "chart.html", {"pollutant": "pm2_5"}).content == first.content


@pytest.mark.parametrize(
    ("language", "choice"), [("ur", {}), ("en", {"pollutant": "pm10"}), ("en", {"standard": "india_cpcb"})]
)
def test_a_drawing_is_shared_by_those_alone_who_chose_the_same(modelled_lahore, language, choice):
    Station.objects.update(timezone=make.afternoon())
    Forecast.objects.update(categories={"standard": "us_epa", "aqi": [160] * 72})
    usual = citizen().get(PATH + "chart.html", {"pollutant": "pm2_5"}).content
    assert citizen(language).get(PATH + "chart.html", {"pollutant": "pm2_5", **choice}).content != usual


def test_no_page_gets_a_drawing_from_before_the_news(modelled_lahore):
    earlier = lines(citizen().get(PATH + "chart.html"))
    make.make_reading("lahore", make.this_hour() + make.HOUR, values={"pm2_5": 321.0})
    script = Path(finders.find("js/city/drawing.js")).read_text()
    soonest = int(re.search(r"REDRAW_FIRST = (\d+)", script)[1]) / 1000
    time.sleep(soonest)
    assert lines(citizen().get(PATH + "chart.html")) != earlier


def test_a_chart_without_readings_is_not_found(db):
    make.make_station()
    assert citizen().get(PATH + "chart.json").status_code == 404


def test_the_forecasts_table_has_its_rows_between_the_full_hours_too(modelled_lahore):
    make.make_reading("lahore", make.this_hour() + timedelta(minutes=20))
    page = citizen().get("/").content.decode()
    assert page[page.index("<caption>Forecast") :].count('<th scope="row">') == 72 // 3


def test_a_doubted_value_says_so_beside_the_mean_of_its_day(modelled_lahore):
    make.make_reading("lahore", make.this_hour(), flags={"pm2_5": "frozen: it does not move"})
    own = re.search(r'data-measure="pm2_5">(.+?)</a>', citizen().get("/").content.decode(), re.DOTALL)[1]
    assert "<b>in doubt</b>" in own
    assert "the WHO guideline" in own
