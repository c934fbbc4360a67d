"""A correction is felt by the scores after it, whoever works at the same time and whoever dies."""

from datetime import timedelta
from typing import Any

import pytest
from pymongo.collection import Collection

from aqi_project import clock
from detection.live.pending import mark, pending, unsettle
from ingestion.models import Reading, Station
from ingestion.observation import Observation
from ingestion.storing.store import store
from tests import factories

HOUR = timedelta(hours=1)
START = factories.this_hour() - 100 * HOUR
CORRECTED = 20  # the place of the reading that is corrected

pytestmark = pytest.mark.django_db


def observed(place: int, pm2_5: float) -> Observation:
    return Observation(START + place * HOUR, {"pm2_5": pm2_5}, "push")


@pytest.fixture
def lahore() -> Station:
    """A hundred readings that have been scored."""
    station = factories.make_station(provider="push")
    store(station, [observed(place, 50.0 + place % 7) for place in range(100)])
    score("first")
    return station


def score(by: str) -> None:
    found = pending("lahore")
    mark(found, scores_of(found, by))


def scores_of(found: list[dict[str, Any]], by: str) -> dict[Any, Any]:
    return {document["at"]: {"by": by} for document in found}


def correct(station: Station) -> None:
    store(station, [observed(CORRECTED, 300.0)])


def scored_by() -> list[str]:
    """Who scored each of the readings that the correction touches."""
    last = START + (CORRECTED + 48) * HOUR
    found = Reading.objects.filter(station="lahore", at__gte=START + CORRECTED * HOUR, at__lte=last)
    return [reading.scores.get("by") for reading in found]


def test_a_correction_has_the_two_days_after_it_scored_again(lahore: Station) -> None:
    assert pending("lahore") == []
    correct(lahore)
    touched = [clock.aware(document["at"]) for document in pending("lahore")]
    assert touched == [START + place * HOUR for place in range(CORRECTED, CORRECTED + 49)]


def test_corrections_are_felt_for_two_days_each_and_not_between(lahore: Station) -> None:
    store(lahore, [observed(place, 300.0 + place) for place in (20, 30, 95)])
    touched = [(clock.aware(document["at"]) - START) // HOUR for document in pending("lahore")]
    assert touched == [*range(20, 79), *range(95, 100)]


def test_a_reading_that_comes_late_has_no_other_scored_again(lahore: Station) -> None:
    late = START + 20.5 * HOUR
    store(lahore, [Observation(late, {"pm2_5": 55.5}, "push")])
    assert [clock.aware(document["at"]) for document in pending("lahore")] == [late]


def test_readings_from_more_than_a_month_before_the_newest_are_history(lahore: Station) -> None:
    newest = START + 99 * HOUR
    old = [newest - 30 * 24 * HOUR - minutes * HOUR / 60 for minutes in (0, 1)]
    store(lahore, [Observation(at, {"pm2_5": 55.5}, "push") for at in old])
    assert [clock.aware(document["at"]) for document in pending("lahore")] == old[:1]


def test_the_readings_of_another_station_are_not_its_own(lahore: Station) -> None:
    multan = factories.make_station(slug="multan", city="multan", provider="push")
    store(multan, [observed(CORRECTED, 50.0)])
    store(multan, [observed(CORRECTED, 300.0)])
    assert pending("lahore") == []
    assert len(pending("multan")) == 1
    unsettle("multan", START, START + 99 * HOUR)
    assert pending("lahore") == []


def test_marked_readings_are_pending_no_more(lahore: Station) -> None:
    correct(lahore)
    score("second")
    assert set(scored_by()) == {"second"}
    assert pending("lahore") == []


def test_scores_from_before_a_correction_never_replace_those_from_after_it(lahore: Station) -> None:
    store(lahore, [observed(CORRECTED + 10, 60.5)])
    slow = pending("lahore")
    correct(lahore)
    score("after")
    mark(slow, scores_of(slow, "before"))
    assert set(scored_by()) == {"after"}


def test_where_scores_from_before_a_correction_came_first_all_are_scored_once_more(lahore: Station) -> None:
    store(lahore, [observed(CORRECTED + 10, 60.5)])
    slow = pending("lahore")
    correct(lahore)
    found = pending("lahore")
    mark(slow, scores_of(slow, "before"))
    mark(found, scores_of(found, "after"))
    assert "before" in scored_by()
    score("again")
    assert set(scored_by()) == {"again"}


def test_a_correction_while_its_reading_is_scored_is_scored_next(lahore: Station) -> None:
    correct(lahore)
    found = pending("lahore")
    store(lahore, [observed(CORRECTED, 310.0)])
    mark(found, scores_of(found, "late"))
    assert pending("lahore")[0]["revision"] == 3
    score("again")
    assert set(scored_by()) == {"again"}


def examined(monkeypatch: pytest.MonkeyPatch) -> int:
    """How many readings the database looks at for what is pending."""
    asked: list[Any] = []
    find = Collection.find

    def noted(readings: Any, query: Any, *rest: Any, **options: Any) -> Any:
        asked.append(find(readings, query))
        return find(readings, query, *rest, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Collection, "find", noted)
        pending("lahore")
    return sum(one.explain()["executionStats"]["totalDocsExamined"] for one in asked[1:])  # after the newest's time


def test_of_what_has_been_scored_nothing_is_looked_at(lahore: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    assert examined(monkeypatch) == 0
    store(lahore, [observed(100, 50.0)])
    assert examined(monkeypatch) == 1


def test_what_was_scored_before_a_neighbour_came_is_pending_once_more(lahore: Station) -> None:
    correct(lahore)
    score("second")
    assert unsettle("lahore", START + (CORRECTED - 1) * HOUR, START + (CORRECTED + 1) * HOUR) == 2
    found = [clock.aware(document["at"]) for document in pending("lahore")]
    assert found == [START + place * HOUR for place in range(CORRECTED - 1, CORRECTED + 49)]
