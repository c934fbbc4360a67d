"""Which readings came: counted in the intervals that hold one, over days as the station's clock has them."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aqi_project import clock
from aqi_project.clock import DAY, HOUR, MINUTE
from dashboard.past.history import year_of
from dashboard.past.outages import availability
from ingestion.models import Reading, Station
from tests import factories as make
from tests.cast import citizen

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def within_this_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run may have gone on into the next day: what was yesterday when it began would be the day before."""
    monkeypatch.setattr(clock, "now", lambda: make.this_hour() + 30 * MINUTE)


def yesterday(station: Station) -> datetime:
    """Its first moment."""
    return make.this_hour().astimezone(station.zone).replace(hour=0) - DAY


def delete(first: datetime, before: datetime) -> None:
    make.collection(Reading).delete_many({"at": {"$gte": clock.naive(first), "$lt": clock.naive(before)}})


def test_outages_are_seen_day_by_day(lahore):
    make.make_reading("lahore", make.this_hour() - 200 * DAY)
    days = availability(lahore)
    assert len(days) == 90
    assert days[0].state == "none"
    assert days[-1].state == "all"


def test_before_a_stations_first_reading_nothing_is_missing(lahore):
    """Not of its first day either, which began without it."""
    assert {day.text.partition(": ")[2] for day in availability(lahore)} == {"100%"}


def test_a_day_with_half_its_readings_is_shown_in_part(lahore):
    first = yesterday(lahore)
    delete(first, first + 12 * HOUR)
    make.make_reading("lahore", first - HOUR)
    assert availability(lahore)[-1].text.endswith(": 50%")


def test_days_on_which_a_silent_station_sent_nothing_are_shown(lahore):
    delete(make.this_hour() - HOUR, make.this_hour() + HOUR)
    make.collection(Reading).update_many({}, [{"$set": {"at": {"$subtract": ["$at", 10 * 86_400_000]}}}])
    days = availability(lahore)
    assert [day.state for day in days[-9:]] == ["none"] * 9
    assert (make.this_hour().astimezone(lahore.zone) - DAY).date() == days[-1].date
    assert 'class="none"' in citizen().get("/lahore/lahore/data/").content.decode()


@pytest.mark.parametrize("hours", [1, 24])
def test_readings_that_come_more_often_fill_no_hour_in_which_none_came(lahore, hours):
    """Four an hour for half a day are half a day; without a day before it, of this day alone."""
    first = yesterday(lahore)
    delete(first - hours * HOUR, first + DAY)
    make.make_readings("lahore", until=first - HOUR, hours=hours)
    quarters = [first + 12 * HOUR + number * timedelta(minutes=15) for number in range(48)]
    make.write_readings([make.reading_document("lahore", at) for at in quarters])
    assert availability(lahore)[-1].text.endswith(": 50%")
    found = next(day for day in year_of(lahore, "pm2_5", first.year).days if day.date == first.date())
    assert (found.count, found.complete) == (48, 0.5)


def test_a_year_is_as_complete_as_its_hours(lahore):
    start = datetime(2025, 5, 1, tzinfo=lahore.zone)
    quarters = [start + number * timedelta(minutes=15) for number in range(48)]
    make.write_readings([make.reading_document("lahore", at) for at in [*quarters, start + 23 * HOUR]])
    assert year_of(lahore, "pm2_5", 2025).complete == pytest.approx(13 / (24 * 245), abs=0.001)


@pytest.mark.parametrize(("day", "hours"), [((3, 29), 23), ((10, 25), 25)])
def test_a_day_on_which_clocks_change_is_complete_with_the_hours_that_it_has(db, monkeypatch, day, hours):
    station = make.make_lahore(timezone="Europe/Berlin")
    midnight = datetime(2026, *day, tzinfo=BERLIN)
    noon = (midnight + 1.5 * DAY).astimezone(make.UTC)
    monkeypatch.setattr(clock, "now", lambda: noon)
    make.make_readings("lahore", hours=72, until=noon)
    assert availability(station)[-1].text.endswith(": 100%")
    delete(midnight, midnight.astimezone(make.UTC) + HOUR)
    assert availability(station)[-1].share == pytest.approx((hours - 1) / hours)


def test_a_years_share_is_said_to_be_of_the_record(lahore):
    page = citizen().get("/lahore/lahore/history/").content.decode()
    assert re.search(r"of the readings that should have come from the first to the newest one;\s+\d+ days? ha", page)
