"""How events are written, and which they go on from."""

from datetime import timedelta
from typing import Any

import pytest

from detection.live.band import BandPoint
from detection.live.events import lifespan
from detection.live.events.judgement import Judged
from detection.models import Anomaly, Series, Severity
from ingestion.models import Station, Variable
from tests.detection.trained import make_series
from tests.factories import make_anomaly, this_hour

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def series(lahore: Station) -> Series:
    return make_series(false_alarms_per_month=1)


def event(start: int, last: int, **fields: Any) -> Anomaly:
    hour = this_hour()
    given = {"peak_at": hour + start * HOUR, "last_at": hour + last * HOUR, "end": None, "score": 0.5}
    return make_anomaly("lahore", **{**given, **fields})


def rare(*hours: int) -> list[Judged]:
    return [Judged(this_hour() + hour * HOUR, 400.0, None, 30.0, 0.9, {"one_step": 2.0}, 1, 250) for hour in hours]


def stored() -> dict[Any, dict[str, Any]]:
    return {row["id"]: row for row in Anomaly.objects.values()}


def test_it_goes_on_with_the_open_event_of_the_series_alone(series: Series, lahore: Station) -> None:
    ours = event(-1, -1)
    others = [event(0, 0, series="lahore/pm10", variable="pm10"), event(-9, -8, end=this_hour() - 8 * HOUR)]
    before = stored()
    assert lifespan.follow(series, lahore, rare(0, 1))
    after = stored()
    assert after[ours.pk]["last_at"] == this_hour() + HOUR
    assert after[ours.pk]["revision"] == before[ours.pk]["revision"] + 2
    assert [after[one.pk] for one in others] == [before[one.pk] for one in others]
    assert len(after) == 3


@pytest.mark.parametrize(("is_pollutant", "severity"), [(True, Severity.MINOR), (False, Severity.EXTREME)])
def test_only_of_a_pollutant_a_fall_and_clean_air_are_a_relief(
    series: Series, lahore: Station, is_pollutant: bool, severity: Severity
) -> None:
    """A pump that stopped was told as a minor event, because less of a pollutant is better air."""
    Variable.objects.filter(code=series.variable).update(is_pollutant=is_pollutant)
    point = BandPoint(this_hour(), 900.0, 850.0, 950.0)
    assert lifespan.follow(series, lahore, [Judged(point.at, 0.0, point, 400.0, 0.99, {"one_step": 2.0}, 1, 40)])
    assert Anomaly.objects.get().severity == severity


def test_an_event_that_opens_names_its_series_and_begins_with_its_reading(series: Series, lahore: Station) -> None:
    assert lifespan.follow(series, lahore, rare(0))
    opened = Anomaly.objects.get()
    assert (opened.series, opened.station, opened.variable) == ("lahore/pm2_5", "lahore", "pm2_5")
    assert (opened.start, opened.last_at, opened.end) == (this_hour(), this_hour(), None)


def test_what_is_judged_again_within_an_event_that_is_over_opens_no_second(series: Series, lahore: Station) -> None:
    event(0, 3, end=this_hour() + 3 * HOUR)
    before = stored()
    assert not lifespan.follow(series, lahore, rare(0, 1, 3))
    assert stored() == before
    assert not lifespan.follow(series, lahore, [])
    assert lifespan.follow(series, lahore, rare(3, 4))
    assert Anomaly.objects.get(end=None).start == this_hour() + 4 * HOUR


def test_an_event_of_another_series_hides_none(series: Series, lahore: Station) -> None:
    event(0, 3, end=this_hour() + 3 * HOUR, series="lahore/pm10", variable="pm10")
    assert lifespan.follow(series, lahore, rare(1))
    assert Anomaly.objects.get(end=None).series == series.key


def test_what_officers_and_alerts_wrote_meanwhile_stays(lahore: Station) -> None:
    known = event(0, 1)
    Anomaly.objects.update(review=Anomaly.Review.TRUE, reviewed_by="zainab", processed_revision=4, revision=4)
    known.value = 500.0
    lifespan._store(known)
    after = Anomaly.objects.get()
    assert (after.value, after.review, after.reviewed_by) == (500.0, Anomaly.Review.TRUE, "zainab")
    assert (after.revision, after.processed_revision) == (5, 4)


@pytest.mark.parametrize(("further", "value"), [({"hours": 0}, 500.0), ({"hours": 1}, 260.0)])
def test_what_knows_of_fewer_readings_than_are_stored_writes_nothing(
    lahore: Station, further: dict[str, int], value: float
) -> None:
    known = event(0, 1)
    Anomaly.objects.update(last_at=known.last_at + timedelta(**further))
    known.value = 500.0
    lifespan._store(known)
    assert Anomaly.objects.get().value == value


def test_what_is_over_is_not_opened_again(lahore: Station) -> None:
    known = event(0, 1)
    Anomaly.objects.update(end=known.last_at)
    lifespan._store(known)
    assert Anomaly.objects.get().end == known.last_at


def test_of_two_that_open_an_event_at_once_both_go_on_with_the_first(lahore: Station) -> None:
    first = event(0, 1)
    event(0, 1, series="lahore/pm10", variable="pm10")
    event(5, 6)
    fields = {field.attname: getattr(first, field.attname) for field in Anomaly._meta.fields if not field.primary_key}
    assert lifespan._store(Anomaly(**fields)) == first
    Anomaly.objects.filter(pk=first.pk).update(end=first.last_at)
    assert lifespan._store(Anomaly(**fields)) == first
    assert Anomaly.objects.count() == 3


def test_a_slow_scorer_opens_no_second_event_within_one_that_another_has_opened_and_closed(
    series: Series, lahore: Station
) -> None:
    event(0, 2, end=this_hour() + 2 * HOUR)
    before = stored()
    lifespan.walk(series, lahore, rare(0, 1, 2), None, None, lifespan._store)
    assert stored() == before
    lifespan.walk(series, lahore, rare(0, 1, 2, 7), None, None, lifespan._store)
    assert sorted(Anomaly.objects.values_list("start", flat=True)) == [this_hour(), this_hour() + 7 * HOUR]
