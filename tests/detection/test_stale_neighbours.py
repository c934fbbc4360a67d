"""A series in the service is judged beside the other stations of its city, also by what these report later."""

from datetime import timedelta

import numpy as np
import pytest

from aqi_project import clock
from detection.lifecycle.training import fitting
from detection.live import scoring
from detection.live.forecasts import issuing
from detection.live.pending import mark, pending
from detection.live.stale_neighbours import unsettle_neighbours
from detection.models import Anomaly, Series
from detection.versions import artifacts, registry
from ingestion.models import Reading, Station
from ingestion.observation import Observation
from ingestion.storing.catalogue import ensure_pollutants
from ingestion.storing.store import store
from tests.factories import this_hour

HOUR = timedelta(hours=1)
HOURS, EVENT = 40 * 24, 12
NOW = this_hour() - EVENT * HOUR  # the training's newest hour
DETECTORS = ["prophet_band", "neighbours"]
CITY = ("mall", "ravi", "johar", "iqbal")

pytestmark = pytest.mark.django_db


def air_of(*slugs: str) -> dict[str, list[float]]:
    """PM2.5 at stations under the same restless weather, each with a little noise of its own; up to the event's end."""
    rng = np.random.default_rng(5)
    weather = np.zeros(HOURS + EVENT)
    for place in range(1, len(weather)):
        weather[place] = 0.95 * weather[place - 1] + 0.2 * rng.standard_normal()
    return {slug: list(np.exp(4.3 + weather + 0.04 * rng.standard_normal(len(weather)))) for slug in slugs}


def hours(values: list[float], first: int, end: int) -> list[Observation]:
    at = NOW - (HOURS - 1) * HOUR
    return [Observation(at + place * HOUR, {"pm2_5": round(values[place], 2)}, "push") for place in range(first, end)]


def station(slug: str) -> Station:
    ensure_pollutants()
    return Station.objects.create(slug=slug, name=slug, city="lahore")


def serving(place: Station) -> None:
    series = fitting.ensure_series(place)[0]
    Series.objects.filter(key=series.key).update(detectors=DETECTORS)
    series.refresh_from_db()
    version = fitting.train(series, "first").version
    registry.promote(series, version.number, who="test", why="first version")
    mark_all(place.slug)


def mark_all(slug: str) -> None:
    found = pending(slug)
    mark(found, {document["at"]: {} for document in found})


def test_an_event_at_one_station_is_told_of_that_one_alone() -> None:
    air = air_of(*CITY)
    places = {slug: station(slug) for slug in CITY}
    for slug, place in places.items():
        store(place, hours(air[slug], 0, HOURS))
    serving(places["mall"])
    serving(places["ravi"])
    air["mall"][HOURS:] = [1.8 * value for value in air["mall"][HOURS:]]
    for slug, place in places.items():
        store(place, hours(air[slug], HOURS, HOURS + EVENT))
    for slug in CITY:
        scoring.score_station(slug)
    [told] = Anomaly.objects.all()
    assert (told.series, list(told.voters)) == ("mall/pm2_5", ["neighbours"])
    assert issuing.issue("mall") == 1
    assert set(artifacts.load_forecaster("mall/pm2_5", 1).scales) == {"pm2_5"}


@pytest.fixture
def city() -> tuple[Station, Station]:
    """Two stations with three hours scored at the first, and the last of them not yet reported by the second."""
    air = air_of("mall", "ravi")
    mall, ravi = station("mall"), station("ravi")
    store(mall, hours(air["mall"], 0, 3))
    store(ravi, hours(air["ravi"], 0, 2))
    mark_all("mall")
    return mall, ravi


def test_a_neighbour_that_reports_later_has_the_hour_scored_again(city: tuple[Station, Station]) -> None:
    _, ravi = city
    late = hours([50.0] * 3, 2, 3)
    store(ravi, late)
    assert [document["at"].hour for document in pending("mall")] == [late[0].at.hour]
    assert [document["at"].hour for document in pending("ravi")][-1] == late[0].at.hour


def test_a_scorer_that_read_before_the_neighbour_came_leaves_the_hour_pending(city: tuple[Station, Station]) -> None:
    mall, ravi = city
    store(mall, hours([50.0] * 4, 3, 4))
    found = pending("mall")
    store(ravi, hours([50.0] * 4, 2, 4))
    mark(found, {document["at"]: {} for document in found})
    assert len(pending("mall")) == 2


def test_old_hours_and_stations_elsewhere_are_left_alone(city: tuple[Station, Station]) -> None:
    _, ravi = city
    Station.objects.create(slug="karachi", name="Karachi", city="karachi")
    newest = Reading.objects.filter(station="mall").order_by("-at")[0].at
    assert unsettle_neighbours("ravi", newest - 1000 * HOUR, newest - 500 * HOUR) == []
    assert unsettle_neighbours("karachi", newest - HOUR, newest) == []
    assert unsettle_neighbours("nowhere", newest - HOUR, newest) == []
    assert unsettle_neighbours("ravi", newest - HOUR, newest) == ["mall"]
    assert ravi.city == "lahore"


def test_of_a_neighbours_news_the_last_six_hours_change_a_score() -> None:
    mall, ravi = station("mall"), station("ravi")
    store(mall, hours([50.0 + place for place in range(12)], 0, 12))
    mark_all("mall")
    store(ravi, hours([60.0 + place for place in range(12)], 0, 12))
    first = NOW - (HOURS - 1) * HOUR
    assert [clock.aware(document["at"]) for document in pending("mall")] == [first + n * HOUR for n in range(5, 12)]


def test_a_neighbours_value_is_news_to_what_was_read_within_the_interval_after_it() -> None:
    mall, ravi = station("mall"), station("ravi")
    after = [timedelta(minutes=minutes) for minutes in (-1, 0, 59, 60)]
    store(mall, [Observation(NOW + wait, {"pm2_5": 50.0 + wait.seconds}, "push") for wait in after])
    mark_all("mall")
    store(ravi, [Observation(NOW, {"pm2_5": 60.0}, "push")])
    assert [clock.aware(document["at"]) for document in pending("mall")] == [NOW + wait for wait in after[1:3]]


def test_a_station_beyond_the_five_nearest_tells_nothing() -> None:
    for slug, east in (("a", 0.0), ("b", 1.0), ("c", 2.0), ("d", 2.9), ("e", 4.0), ("f", 5.0), ("g", 6.0)):
        place = station(slug)
        Station.objects.filter(pk=place.pk).update(latitude=31.0, longitude=70.0 + east)
        store(place, hours([50.0], 0, 1))
        mark_all(slug)
    first = NOW - (HOURS - 1) * HOUR
    assert sorted(unsettle_neighbours("g", first, first)) == ["e", "f"]
