"""A city with several stations: whose number it is, and how far the sources are apart."""

import csv
import io

import pytest
from django.core.cache import cache

from aqi_project import clock
from dashboard.city.compare import compare
from dashboard.sources import source_of_station
from dashboard.times import moment_text
from ingestion.models import City, Station
from tests import factories as make
from tests.cast import citizen
from tests.markup import tight

pytestmark = pytest.mark.django_db


@pytest.fixture
def monitor(lahore: Station) -> Station:
    """Beside Lahore's model: a monitor that has half of its values, and a value in doubt an hour ago."""
    station = make.make_station(slug="monitor", name="Town Hall", name_ur="ٹاؤن ہال", provider="openaq")
    times = [make.this_hour() - back * make.HOUR for back in range(30)]
    make.write_readings([make.reading_document("monitor", at, pm2_5=make.usual_pm(at) / 2) for at in times])
    make.make_reading("monitor", make.this_hour() - make.HOUR, pm2_5=9000.0, flags={"pm2_5": "out_of_range: no"})
    return station


def page(path: str = "/lahore/compare/", **query: str) -> str:
    return tight(citizen().get(path, query).content.decode())


def front(path: str = "/") -> str:
    """The front page when what it keeps for a moment has been forgotten."""
    cache.clear()
    return page(path)


def test_each_source_stands_beside_the_others_with_how_far_apart_it_is(lahore, monitor):
    sides = {side.station.slug: side for side in compare([lahore, monitor], "pm2_5").sides}
    assert (sides["lahore"].source, sides["monitor"].source) == ("OpenWeather", "OpenAQ")
    assert sides["lahore"].apart == pytest.approx(2.0)
    assert sides["monitor"].newest == pytest.approx(make.usual_pm(make.this_hour()) / 2)
    assert sides["monitor"].path


def test_hours_come_newest_first_without_values_in_doubt(lahore, monitor):
    rows = compare([lahore, monitor], "pm2_5").rows
    assert rows[0][0].at == make.this_hour()
    assert rows[0][0].spread == pytest.approx(2.0)
    assert rows[1][1][1] is None
    assert len(rows) == 49


def test_the_page_shows_both_and_whose_number_is_the_citys(monitor):
    text = page()
    assert "number is that of Town Hall. Nobody has chosen one." in text
    assert "2.0 × from the others" in text


def test_each_number_says_of_when_it_is(lahore, monitor):
    late = make.this_hour() - 5 * make.HOUR
    make.collection(make.Reading).delete_many({"station": "monitor", "at": {"$gt": late.replace(tzinfo=None)}})
    text = page()
    for station, at in ((lahore, make.this_hour()), (monitor, late)):
        assert f"<b>{moment_text(at, station.zone)}</b>" in text


def test_the_admins_choice_shows_on_the_front_page_and_gives_way_while_it_is_silent(lahore, monitor):
    Station.objects.filter(slug="lahore").update(is_headline=True)
    assert "An administrator has chosen it." in page()
    assert "<title>Town Hall" not in front()
    late = clock.now() - 5 * make.HOUR
    make.make_station(slug="silent", name="Asleep", is_headline=True)
    make.make_reading("silent", late)
    Station.objects.filter(slug="lahore").update(is_headline=False)
    assert "The one that an administrator has chosen is silent." in page()
    assert "<title>Town Hall" in front()
    assert "<title>Town Hall" in page("/lahore/")


def test_the_page_is_headed_by_what_people_call_the_city(monitor):
    City.objects.update(name="City of Lahore", name_ur="شہرِ لاہور")
    assert "<h1>City of Lahore: Sources side by side</h1>" in page()
    assert "<title>شہرِ لاہور:" in page(lang="ur")


def test_another_pollutant_can_be_chosen_and_an_unknown_one_is_left_out(monitor):
    assert "O₃" in page(pollutant="o3") or "Ozone" in page(pollutant="o3")
    assert page(pollutant="$where").count("selected") == 1


def test_it_speaks_urdu_and_a_city_that_is_not_there_has_no_page(monitor):
    assert "ٹاؤن ہال" in page(lang="ur")
    assert citizen().get("/atlantis/compare/").status_code == 404
    assert citizen().get("/atlantis/").status_code == 404


def test_a_lone_recording_is_called_neither_live_nor_compared(lahore):
    Station.objects.update(provider=Station.Provider.REPLAY)
    text = page("/lahore/compare/")
    assert "It is the only one here." in text
    assert "· recorded data" in text
    assert "Middle" not in text


def test_a_city_without_readings_is_told_to_have_none():
    make.make_station()
    assert "no data" in page("/lahore/compare/")


def test_a_replay_credits_what_it_plays():
    sample = make.make_station(slug="sample", provider="replay")
    assert source_of_station(sample).name == "OpenWeather"
    make.make_station(slug="temp-01", provider="file", city="")
    played = make.make_station(slug="temp-01-replay", provider="replay", provider_ref="temp-01", city="")
    assert str(source_of_station(played).name) == "imported file"
    gone = make.make_station(slug="gone-replay", provider="replay", provider_ref="gone", city="")
    assert str(source_of_station(gone).name) == "recording"


def test_made_up_readings_say_that_they_are_made_up():
    make.make_station(slug="demo", provider="synthetic", city="")
    make.make_readings("demo", hours=3)
    text = page("/demo/demo/data/")
    assert "made-up readings" in text
    assert "Nothing was measured" in text
    assert "not a measurement at your door" not in text


def test_the_front_page_leads_to_the_other_stations(monitor):
    make.make_station(slug="hidden", name="Behind closed doors", is_public=False)
    assert "<title>Town Hall" in front()
    assert '<a href="/lahore/lahore/">Lahore</a>' in front()
    assert "Behind closed doors" not in front()
    Station.objects.filter(slug="lahore").delete()
    assert "Other stations" not in front()


def test_a_station_without_neighbours_leads_to_no_comparison(lahore):
    make.make_station(slug="karachi", name="Karachi", city="karachi", is_active=False)
    assert "/karachi/compare/" not in page("/karachi/karachi/data/")
    make.make_station(slug="clifton", name="Clifton", city="karachi")
    assert "/karachi/compare/" in page("/karachi/karachi/data/")


def test_what_is_compared_can_be_taken_along(monitor):
    text = page()
    assert text.count('href="/lahore/compare.csv?pollutant=pm2_5" download') == 2
    assert text.count("data-picture") == 1
    answer = citizen().get("/lahore/compare.csv?pollutant=pm2_5")
    assert 'filename="lahore-pm2_5-sources.csv"' in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == 49
    assert rows[0]["at"] == make.this_hour().isoformat()
    assert float(rows[0]["lahore"]) == pytest.approx(2 * float(rows[0]["monitor"]), rel=0.01)
    assert (rows[0]["unit"], rows[0]["times_apart"], rows[1]["monitor"]) == ("µg/m³", "2.0", "")
    assert citizen().get("/lahore/compare.csv?pollutant=pm25").status_code == 404
    assert citizen().get("/nowhere/compare.csv").status_code == 404
