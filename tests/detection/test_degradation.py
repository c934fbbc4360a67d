"""Forecasts that grow worse than they were, and the training that this asks for."""

from datetime import datetime, timedelta

import pytest

from detection.lifecycle.watch import degradation
from detection.lifecycle.watch.records import ALL_SUMS
from detection.models import Outcome, Reason, Series, TrainingRun
from ingestion.models import Station
from tests.detection.trained import KEY, make_champion, reason
from tests.factories import make_station

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def series(now: datetime) -> Series:
    """Trained yesterday."""
    make_station()
    return make_champion(now - DAY)


def outcome(at: datetime, error: float, inside: float, hours: int = 18) -> Outcome:
    sums = {"count": hours, "inside": hours * inside, "error": hours * error, "persistence": hours * 10.0}
    groups = {"7-24": dict.fromkeys(ALL_SUMS, 0.0) | sums}
    return Outcome.objects.create(series=KEY, issued_at=at, month=f"{at:%Y-%m}", model_version=1, groups=groups)


def grew_worse(now: datetime, error: float, inside: float, before: float = 6.0) -> None:
    """Five weeks of forecasts; those of the last week have that error and share inside. Persistence's error is 10."""
    for back in range(24 * 35):
        lately = back < 24 * 7
        if back % 6 == 0 or lately:
            outcome(now - back * HOUR, error if lately else before, inside if lately else 0.95)


@pytest.mark.parametrize(
    ("error", "inside", "sentence"),
    [(6.0, 0.95, ""), (16.0, 0.95, "2.7 times what it was"), (6.0, 0.6, "Only 60 %")],
)
def test_forecasts_that_grow_worse_are_noticed(
    series: Series, now: datetime, error: float, inside: float, sentence: str
) -> None:
    grew_worse(now, error, inside)
    found = degradation.degradation(series, now)
    assert (sentence in found) if sentence else found == ""
    assert (reason(series, now) == Reason.DEGRADATION) == bool(sentence)
    judged = degradation.lately(series, now)
    assert judged is not None
    assert any(test["fired"] for test in judged.tests()) == bool(sentence)


@pytest.mark.parametrize(("before", "error"), [(6.0, 9.9), (9.5, 14.0)], ids=["below persistence", "as they were"])
def test_forecasts_have_to_be_worse_than_they_were_and_than_persistence(
    series: Series, now: datetime, before: float, error: float
) -> None:
    grew_worse(now, error, 0.95, before)
    assert degradation.degradation(series, now) == ""
    judged = degradation.lately(series, now)
    assert judged is not None
    times, beside, _ = judged.tests()
    assert (times["statistic"] > times["threshold"]) != (beside["statistic"] > beside["threshold"])
    assert not any(test["fired"] for test in (times, beside))


def test_forecasts_that_grew_worse_are_trained_for_every_three_days(series: Series, now: datetime) -> None:
    grew_worse(now, 16.0, 0.95)
    TrainingRun.objects.create(series=KEY, reason=Reason.DEGRADATION, state="done", data_until=now - 2 * DAY)
    assert reason(series, now) is None
    TrainingRun.objects.update(data_until=now - 3 * DAY)
    assert reason(series, now) == Reason.DEGRADATION


def test_those_of_a_station_that_reads_every_three_hours_are_noticed_too(series: Series, now: datetime) -> None:
    Station.objects.update(expected_interval=timedelta(hours=3))
    for back in range(0, 24 * 35, 3):
        outcome(now - back * HOUR, 16.0 if back < 24 * 7 else 6.0, 0.95, hours=6)
    assert "2.7 times what it was" in degradation.degradation(series, now)
