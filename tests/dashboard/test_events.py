"""The list of unusual events, one event, and what other programs read of them."""

import csv
import io
from xml.etree import ElementTree as ET

import pytest

from detection.live import serving
from detection.models import Anomaly, ModelVersion, Series, Severity
from tests import factories as make
from tests.cast import citizen
from tests.markup import tight

pytestmark = pytest.mark.django_db
LIST = "/lahore/lahore/unusual/"


@pytest.fixture
def events(modelled_lahore) -> dict[str, Anomaly]:
    hour = make.this_hour()
    other = {"series": "lahore/no2", "variable": "no2", "explanation": "NO2 was odd.", "severity": Severity.MINOR}
    return {
        "spike": make.make_anomaly("lahore", hour - 30 * make.HOUR),
        "no2": make.make_anomaly("lahore", hour - 20 * make.HOUR, **other),
        "stuck": make.make_anomaly(
            "lahore", hour - 9 * make.HOUR, kind="stuck", is_fault=True, explanation="It stuck."
        ),
    }


def page(path: str, **query) -> str:
    answer = citizen().get(path, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_shows_events_of_the_air_newest_first(events):
    text = page(LIST)
    assert 0 < text.index("NO2 was odd.") < text.index("PM2.5 rose to 260")
    assert "It stuck." not in text


def test_faults_of_the_sensor_are_a_list_of_their_own(events):
    text = page(LIST, about="faults")
    assert "It stuck." in text
    assert "PM2.5 rose" not in text


def test_the_list_can_be_narrowed_to_a_pollutant_and_a_severity(events):
    assert "PM2.5 rose" not in page(LIST, pollutant="no2")
    assert "NO2 was odd." not in page(LIST, severity="3")


def test_words_that_are_no_filter_change_nothing(events):
    assert "PM2.5 rose" in page(LIST, pollutant="'; drop", severity="many", kind="x", before="yesterday", about="all")


@pytest.mark.parametrize("before", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_no_calendar_has_in_utc_changes_nothing(events, before):
    assert "PM2.5 rose" in page(LIST, before=before)


def test_older_events_are_a_page_further(events):
    hour = make.this_hour()
    for back in range(25):
        make.make_anomaly("lahore", hour - (100 + back) * make.HOUR, explanation=f"Number {back}.")
    first = page(LIST)
    assert "Number 0." in first
    assert "Number 24." not in first
    older = first.split("?before=")[1].split('"')[0].replace("%3A", ":").replace("%2B", "+")
    assert "Number 24." in page(LIST, before=older)


def test_events_that_began_together_are_not_lost_between_two_pages(lahore):
    """One hour opens an event in each of several pollutants."""
    hour = make.this_hour()
    for back in (*range(19), 19, 19, 19, 20):
        make.make_anomaly(
            "lahore", hour - back * make.HOUR, series=f"lahore/{Anomaly.objects.count()}",
            explanation=f"Number {Anomaly.objects.count()}.",
        )  # fmt: skip
    first = page(LIST)
    older = first.split("?before=")[1].split('"')[0].replace("%3A", ":").replace("%2B", "+")
    second = page(LIST, before=older)
    assert [(f"Number {number}." in first) + (f"Number {number}." in second) for number in range(23)] == [1] * 23
    assert "Older ones" not in second


def test_the_table_has_what_the_filters_leave(events):
    rows = list(csv.DictReader(io.StringIO(page("/lahore/lahore/unusual.csv"))))
    assert [row["series"] for row in rows] == ["lahore/pm2_5", "lahore/no2"]
    assert rows[0]["start"].endswith("+00:00")


def test_a_pollutant_without_events_leaves_an_empty_table_and_an_unknown_one_is_refused(events):
    assert page("/lahore/lahore/unusual.csv", pollutant="pm10").count("\n") == 1
    assert '<option value="pm10" selected>' in page(LIST, pollutant="pm10")
    answer = citizen().get("/lahore/lahore/unusual.csv", {"pollutant": "pm25"})
    assert answer.status_code == 404
    assert "It has: " in answer.content.decode()


def test_the_feed_is_rss_with_a_link_to_each_event(events):
    channel = ET.fromstring(page("/lahore/lahore/unusual.rss")).find("channel")  # noqa: S314 (our own feed)
    links = [item.findtext("link") for item in channel.findall("item")]
    assert len(links) == 2
    assert str(events["no2"].pk) in links[0]
    titles = [item.findtext("title") for item in channel.findall("item")]
    assert titles == ["Nitrogen dioxide: Spike · Minor", "PM2.5: Spike · Moderate"]
    assert {item.find("guid").get("isPermaLink") for item in channel.findall("item")} == {"false"}


def test_an_event_has_its_explanation_its_chart_and_who_found_it(events):
    text = page(f"{LIST}{events['spike'].pk}/")
    assert "PM2.5 rose to 260" in text
    assert 'class="event" x=' in text
    assert "A sudden step" in text
    assert "once in 40 days" in text
    assert 'class="now-line"' not in text


def test_an_event_says_its_numbers_with_their_unit(events):
    text = tight(page(f"{LIST}{events['spike'].pk}/"))
    assert "<bdi>260 µg/m³</bdi>" in text
    assert "<bdi>90 µg/m³</bdi>(<bdi>54–126</bdi>)" in text


@pytest.mark.parametrize("days", [0.3, 1.6, None])
def test_what_is_seen_daily_is_not_called_rare(lahore, days):
    """Such events come from an admin's limit, or from a rule about broken sensors."""
    event = make.make_anomaly("lahore", make.this_hour(), days_between=days)
    assert "once in" not in page(f"{LIST}{event.pk}/")


@pytest.mark.parametrize(
    ("days", "said"), [(90.0, "once in 90 days"), (90.1, "nothing like it in its record of 90 days")]
)
def test_no_event_is_called_rarer_than_its_record_can_tell(lahore, days, said):
    event = make.make_anomaly("lahore", make.this_hour(), days_between=days, record_days=90.0)
    assert f"<dt>How rare</dt><dd>{said}</dd>" in tight(page(f"{LIST}{event.pk}/"))


def test_an_event_names_earlier_ones_like_it(events):
    earlier = make.make_anomaly("lahore", make.this_hour() - 300 * make.HOUR, explanation="An earlier spike.")
    assert "An earlier spike." in page(f"{LIST}{events['spike'].pk}/")
    assert "PM2.5 rose to 260" not in page(f"{LIST}{earlier.pk}/")


def test_earlier_events_are_those_alike_in_shape_and_level_and_no_faults(lahore):
    hour = make.this_hour()
    shape, fault, level = (
        make.make_anomaly("lahore", hour - back * make.HOUR, explanation=f"Alike {back}.", is_fault=back == 60)
        for back in (90, 60, 30)
    )
    make.make_anomaly("lahore", hour - 10 * make.HOUR, explanation="The same peak by chance.")
    alike = [{"start": one.start.isoformat(), "distance": 0.1} for one in (level, fault, shape)]
    text = page(f"{LIST}{make.make_anomaly('lahore', hour, details={'similar': alike}).pk}/")
    assert 0 < text.index("Alike 30.") < text.index("Alike 90.")
    assert "Alike 60." not in text
    assert "by chance" not in text


def test_a_fault_is_called_one_on_its_own_page(events):
    assert "It says nothing about the air." in page(f"{LIST}{events['stuck'].pk}/")


@pytest.mark.parametrize("key", ["nonsense", "6b016c171b730d24ac8b3c8c"])
def test_an_unknown_event_is_not_found(lahore, key):
    assert citizen().get(f"{LIST}{key}/").status_code == 404


def test_a_list_without_events_says_so(lahore):
    assert "Nothing was found" in page(LIST)


def test_the_chart_of_an_event_can_be_taken_along_as_a_table(events):
    answer = citizen().get(f"{LIST}{events['spike'].pk}/chart.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert events["spike"].peak_at.isoformat() in {row["at"] for row in rows}
    assert all(row["value"] for row in rows)


def test_the_chart_shows_what_was_usual_by_the_version_that_judged(events):
    """A later one has learnt from the event itself and calls it usual."""
    judge = ModelVersion.objects.get(series="lahore/pm2_5")
    wide = {**judge.band, "upper": [9999.0] * len(judge.band["upper"])}
    ModelVersion.objects.create(
        series="lahore/pm2_5", number=2, reason="schedule", trained_from=judge.trained_from,
        trained_to=judge.trained_to, rows=1, data_hash="1" * 64, seconds=1.0, band=wide,
    )  # fmt: skip
    Series.objects.update(champion=2)
    serving.forget()
    assert "9,999" not in page(f"{LIST}{events['spike'].pk}/")
    assert "9,999" in page("/lahore/lahore/")


@pytest.mark.parametrize(("newest", "lasts"), [(0, True), (5, False)])
def test_what_a_silent_sensor_saw_last_is_not_said_to_last(modelled_lahore, newest, lasts):
    until = make.this_hour() - newest * make.HOUR
    make.collection(make.Reading).delete_many({"at": {"$gt": until.replace(tzinfo=None)}})
    event = make.make_anomaly("lahore", until, end=None)
    assert ("<dd>it lasts</dd>" in page(f"{LIST}{event.pk}/")) is lasts


def test_an_event_keeps_its_unit_where_its_readings_are_gone(events):
    make.collection(make.Reading).delete_many({})
    assert "<bdi>260 µg/m³</bdi>" in page(f"{LIST}{events['spike'].pk}/")


def test_what_falls_is_called_no_spike(events):
    low = make.make_anomaly("lahore", make.this_hour() - 5 * make.HOUR, value=20.0)
    for path in (LIST, f"{LIST}{low.pk}/", "/lahore/lahore/unusual.rss"):
        assert "Sudden drop" in page(path), path
        assert "اچانک کمی" in page(path, lang="ur"), path
    assert "<h1>Spike" in page(f"{LIST}{events['spike'].pk}/")


def test_a_leap_to_a_usual_value_is_called_neither_spike_nor_drop(events):
    change = make.make_anomaly("lahore", make.this_hour() - 5 * make.HOUR, value=100.0)  # above what was expected
    assert "<h1>Sudden change" in page(f"{LIST}{change.pk}/")
    assert '<option value="spike">Sudden change</option>' in page(LIST)


def test_the_feed_speaks_the_language_of_the_page_it_was_taken_from(events):
    """A feed reader has no cookie and asks in its own language."""
    for path in (LIST, "/"):
        assert 'href="/lahore/lahore/unusual.rss?lang=ur"' in page(path, lang="ur")
    assert "<language>ur</language>" in citizen().get("/lahore/lahore/unusual.rss?lang=ur").content.decode()
