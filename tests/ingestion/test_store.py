"""The way of readings into the database: once each, judged with what is around them, nothing overwritten silently."""

import csv
from datetime import UTC, datetime, timedelta

import pytest

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.models import Reading, RejectedItem, Station
from ingestion.observation import Observation, Rejected
from ingestion.providers.openweather.parse import COMPONENTS, parse
from ingestion.storing import writing
from ingestion.storing.aside import switch
from ingestion.storing.rejects import KEPT, keep_rejected
from ingestion.storing.store import SourceChangedError, store
from tests.ingestion.conftest import DATA
from tests.ingestion.hours import HOUR, START, recorded, station, stored, times, troubled

pytestmark = pytest.mark.django_db


@pytest.fixture
def lahore() -> Station:
    return station()


def reading(at: datetime = START) -> Reading:
    return Reading.objects.get(at=at)


def one(at: datetime = START, **values: float) -> Observation:
    return Observation(at, values, "openweather")


def test_new_readings_are_stored_with_aqi_and_told_of(lahore, told):
    done = store(lahore, recorded(30))
    assert done.inserted == times(recorded(30))
    assert told == [(START, START + 29 * HOUR)]
    last = reading(START + 29 * HOUR)
    assert (last.aqi, last.dominant, last.revision, last.provider) == (163, "pm2_5", 1, "openweather")


def test_storing_the_same_again_changes_nothing(lahore, told):
    store(lahore, troubled(200))
    before = list(collection(Reading).find().sort("at", 1))
    again = store(lahore, troubled(200))
    assert list(collection(Reading).find().sort("at", 1)) == before
    assert (again.changed, again.unchanged, len(told)) == ([], 192, 1)


def test_an_empty_batch_is_no_batch(lahore, told):
    assert store(lahore, []).changed == []
    assert told == []


@pytest.mark.parametrize("size", [1, 60])
def test_hour_by_hour_gives_the_same_documents_as_all_at_once(lahore, size):
    store(station("whole"), troubled(170))
    hours = troubled(170)
    for first in range(0, len(hours), size):
        store(lahore, hours[first : first + size])
    assert stored() == stored("whole")


def test_what_comes_late_changes_what_was_judged_without_it(lahore):
    hours = troubled(170)
    store(station("whole"), hours)
    store(lahore, hours[:40] + hours[60:])
    store(lahore, hours[40:60])
    assert stored() == stored("whole")


def test_a_correction_raises_the_revision_and_keeps_the_earlier_values(lahore, told):
    store(lahore, [one(pm2_5=50.0, pm10=80.0)])
    first_arrival = reading().received_at
    done = store(lahore, [one(pm2_5=55.0, pm10=80.0)])
    now = reading()
    assert (now.values, now.revision) == ({"pm2_5": 55.0, "pm10": 80.0}, 2)
    assert [entry["values"] for entry in now.history] == [{"pm2_5": 50.0, "pm10": 80.0}]
    assert datetime.fromisoformat(now.history[0]["received_at"]) == first_arrival
    assert (done.revised, done.unchanged, told[1:]) == ([START], 0, [(START, START)])


def test_a_reading_that_changes_for_ever_keeps_its_newest_earlier_values(lahore, monkeypatch):
    monkeypatch.setattr(writing, "MOST_EARLIER", 3)
    for value in range(6):
        store(lahore, [one(pm2_5=float(value))])
    assert [entry["values"]["pm2_5"] for entry in reading().history] == [2.0, 3.0, 4.0]


def test_sensors_that_report_apart_become_one_reading(lahore):
    store(lahore, [one(pm2_5=50.0)])
    store(lahore, [one(pm10=80.0)])
    now = reading()
    assert (now.values, now.history) == ({"pm2_5": 50.0, "pm10": 80.0}, [])  # nothing was replaced
    assert now.revision == 2  # but there is more to score


def test_no_value_never_hides_one_that_came_before(lahore):
    store(lahore, [Observation(START, {"pm2_5": 50.0}, "openweather", None, {"co": "missing in the answer"})])
    assert reading().flags == {"co": "missing in the answer"}
    store(lahore, [Observation(START, {"co": 400.0}, "openweather", None, {"pm2_5": "not a number: 'x'"})])
    assert (reading().values, reading().flags) == ({"pm2_5": 50.0, "co": 400.0}, {})


def test_a_doubted_value_is_kept_and_counts_in_no_aqi(lahore):
    store(lahore, [one(pm2_5=50.0, pm10=80.0, o3=50.0), one(START + HOUR, pm2_5=-9999.0, pm10=80.0, o3=50.0)])
    doubted = reading(START + HOUR)
    assert doubted.values["pm2_5"] == -9999.0
    assert doubted.flags["pm2_5"].startswith("sentinel: PM2.5 -9999 µg/m³ is how a provider writes a missing value")
    assert doubted.dominant != "" or doubted.aqi is None


def test_gases_alone_never_make_the_air_good(lahore):
    store(lahore, [one(START + hour * HOUR, o3=20.0, no2=10.0, co=300.0) for hour in range(24)])
    assert set(Reading.objects.values_list("aqi", "dominant")) == {(None, "")}


@pytest.mark.parametrize(("ozone", "index"), [(138.0, None), (139.6, 101)])
def test_gases_alone_are_told_from_the_first_index_that_is_unhealthy_for_some(lahore, ozone, index):
    """0.070 and 0.071 ppm, which are 100 and 101."""
    store(lahore, [one(START + hour * HOUR, o3=ozone + hour / 100) for hour in range(8)])
    assert reading(START + 7 * HOUR).aqi == index


def test_an_index_goes_with_the_values_that_it_was_made_of(lahore):
    hours = [START + hour * HOUR for hour in range(3)]
    store(lahore, [one(at, pm2_5=80.0 + at.hour, pm10=110.0 + at.hour) for at in hours])
    assert reading(hours[-1]).aqi is not None
    store(lahore, [one(at, pm2_5=9000.0 + at.hour, pm10=9500.0 + at.hour) for at in hours])
    assert (reading(hours[-1]).aqi, reading(hours[-1]).dominant) == (None, "")


def test_an_hour_of_quarters_needs_three_of_them(lahore):
    quick = station("quick", expected_interval=HOUR / 4)
    for one_of in (quick, lahore):
        store(one_of, [one(START + hour * HOUR, pm2_5=80.0 + hour, pm10=110.0 + hour) for hour in range(3)])
    told = Reading.objects.order_by("station", "at").values_list("station", "aqi")
    assert [(slug, aqi is not None) for slug, aqi in told][2::3] == [("lahore", True), ("quick", False)]


def test_gases_alone_that_are_harmful_are_told(lahore):
    store(lahore, [one(START + hour * HOUR, o3=260.0 + hour) for hour in range(24)])
    last = reading(START + 23 * HOUR)
    assert last.aqi is not None
    assert last.aqi > 100
    assert last.dominant == "o3"


def test_what_is_nested_too_deeply_to_be_shown_is_kept_with_its_reason(lahore):
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    assert store(lahore, [], [Rejected(nested, "no object")]).rejected == 1
    assert RejectedItem.objects.get().item == "(nested too deeply to be shown)"


def test_a_long_item_is_kept_shortened_and_once_for_each_reason(lahore):
    keep_rejected(lahore, [Rejected("x" * 600, "odd"), Rejected("x" * 600, "long")])
    assert [len(item) for item in RejectedItem.objects.values_list("item", flat=True)] == [500, 500]


def test_rejected_items_are_forgotten_when_their_time_is_over(lahore):
    karachi = station("karachi")
    for one in (lahore, karachi):
        keep_rejected(one, [Rejected({"dt": 1}, "odd")])
    RejectedItem.objects.update(received_at=clock.now() - KEPT)
    keep_rejected(lahore, [Rejected({"dt": 2}, "odd")])
    left = sorted(RejectedItem.objects.values_list("station", "item"))
    assert left == [("karachi", "{'dt': 1}"), ("lahore", "{'dt': 2}")]


def test_what_was_rejected_is_kept_once_with_its_reason(lahore):
    for _ in range(2):
        store(lahore, [], [Rejected({"dt": "soon"}, "not a time: 'soon'")])
    assert RejectedItem.objects.get().reason == "not a time: 'soon'"


def test_a_reading_stamped_after_its_arrival_is_doubted_and_stays_so(lahore):
    now = clock.now().replace(microsecond=0)
    ahead = now + timedelta(minutes=30)
    store(lahore, [one(ahead, pm2_5=40.0)], received_at=now)
    store(lahore, [one(ahead + HOUR, pm2_5=41.0)], received_at=now + HOUR)
    assert reading(ahead).flags["pm2_5"].startswith("clock_skew: Stamped 30 minutes after its arrival")


def test_a_correction_that_arrives_after_its_time_is_not_doubted_for_the_first_arrival(lahore):
    now = clock.now().replace(microsecond=0)
    ahead = now + timedelta(minutes=30)
    store(lahore, [one(ahead, pm2_5=40.0)], received_at=now)
    store(lahore, [one(ahead, pm2_5=41.0)], received_at=now + HOUR)
    assert (reading(ahead).flags, reading(ahead).received_at) == ({}, now + HOUR)


def test_a_correction_changes_nothing_for_those_that_it_does_not_concern(lahore):
    """Two hours stamped ahead of their arrival count for nothing, whether they are before a batch or within it."""
    steady = {"pm2_5": 40.0, "pm10": 60.0, "no2": 20.0}
    for hour, co in enumerate([400.0, 400.0, 2500.0, 2500.0, 2500.0]):
        values = {code: value + hour / 10 for code, value in {**steady, "co": co}.items()}
        ahead = HOUR / 2 if hour in (2, 3) else 0 * HOUR
        store(lahore, [one(START + hour * HOUR, **values)], received_at=START + hour * HOUR - ahead)
    before = reading(START + 4 * HOUR).flags
    store(lahore, [one(START, no2=20.1)])
    assert reading(START + 4 * HOUR).flags == before


def test_late_and_doubly_given_readings_are_remarked_on_without_doubt(lahore):
    store(lahore, [one(pm2_5=40.0), one(pm2_5=41.0)], received_at=START + 5 * HOUR)
    now = reading()
    assert (now.values, now.flags) == ({"pm2_5": 41.0}, {})
    assert now.remarks == [
        "Given more than once for this time; replaced here: pm2_5 40.",
        "Arrived 5 hours after its time: nobody could be warned by it.",
    ]
    store(lahore, [one(pm2_5=42.0), one(pm2_5=43.0)], received_at=START + 9 * HOUR)
    assert reading().remarks[2:] == ["Given more than once for this time; replaced here: pm2_5 42."]


def hour_of(row: dict[str, str]) -> datetime:
    return datetime.fromisoformat(row["ts_utc"]).replace(minute=0, second=0, microsecond=0, tzinfo=UTC)


def test_every_bad_row_that_was_really_observed_is_doubted_with_a_reason(lahore):
    with (DATA / "openweather_observed_defects_lahore.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        components = {name: float(row[name]) for name in COMPONENTS if row[name]}
        at = int(hour_of(row).timestamp())
        parsed = parse({"list": [{"dt": at, "components": components}]}, clock.now())
        store(lahore, parsed.observations, parsed.rejected)
    readings = {item.at: item for item in Reading.objects.all()}
    assert len(rows) == len(readings) == 19
    for row in rows:
        flags = readings[hour_of(row)].flags
        bad = {name for name in COMPONENTS if row[name] and float(row[name]) < 0}
        bad |= {"pm2_5", "pm10"} if row["pm2_5"] == row["pm10"] == "0.0" else set()
        assert bad, row["kind"]
        assert bad <= set(flags), row["kind"]


def test_a_far_apart_batch_does_not_read_what_lies_between(lahore):
    store(lahore, recorded(2000))
    done = store(lahore, [one(START - 900 * HOUR, pm2_5=1.0), one(START + 3000 * HOUR, pm2_5=2.0)])
    assert len(done.inserted) == 2


def test_what_a_late_poll_of_the_earlier_provider_brings_is_put_aside(lahore):
    store(lahore, recorded(5))
    late = Station.objects.get(slug="lahore")
    switch(lahore, "open_meteo")
    with pytest.raises(SourceChangedError):
        store(late, recorded(8))
    assert not Reading.objects.filter(station="lahore").exists()
