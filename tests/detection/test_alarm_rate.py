"""As many alarms as were asked for: the bar follows what was told, whoever computes it and however often."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from detection import tasks
from detection.calibration.rate import FARTHEST, STEP
from detection.live import alarm_rate
from detection.live.alarm_rate import hold
from detection.models import Anomaly, Series
from tests.detection.trained import KEY, make_series, make_version
from tests.factories import make_anomaly, make_reading, make_station

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lahore")]
DAY = timedelta(days=1)
QUARTER = 90  # days


def judged(at: datetime, days: float = 1.0) -> None:
    """A reading that was found once in so many days."""
    make_reading("lahore", at, scores={"pm2_5": {"days": days, "score": 0.9, "version": 1}})


def bar(now: datetime, *days_ago: float, watched: int = QUARTER, **event: object) -> float:
    """The bar after so many days with alarms, where one a month was asked for."""
    make_series(false_alarms_per_month=1)
    for back in range(watched):
        judged(now - back * DAY)
    for days in days_ago:
        make_anomaly("lahore", now - days * DAY, **event)
    hold(KEY)
    return float(Series.objects.get(key=KEY).strictness)


def test_as_many_as_asked_leave_the_bar_where_it_is(now: datetime) -> None:
    assert bar(now, 80, 50, 20) == pytest.approx(0)


def test_too_many_raise_it(now: datetime) -> None:
    assert STEP < bar(now, 80, 60, 50, 20, 3) <= FARTHEST


def test_too_few_lower_it_within_bounds(now: datetime) -> None:
    assert bar(now) == pytest.approx(-FARTHEST)
    assert Series.objects.get().alarm_days == pytest.approx(30 / 10**FARTHEST)


def test_what_was_confirmed_does_not_count(now: datetime) -> None:
    assert bar(now, 80, 60, 50, 20, 3, review=Anomaly.Review.TRUE) == pytest.approx(-FARTHEST)


@pytest.mark.parametrize("limits", [{"hard_max": 200.0}, {"hard_min": 300.0}])
def test_what_an_admins_limit_tells_of_does_not_raise_the_bar(now: datetime, limits: dict[str, float]) -> None:
    make_series(false_alarms_per_month=1, **limits)
    for back in range(QUARTER):
        judged(now - back * DAY)
        make_anomaly("lahore", now - back * DAY, value=260.0, days_between=0.3)
    hold(KEY)
    assert Series.objects.get().strictness == pytest.approx(-FARTHEST), "no detector has alarmed"


def test_an_event_counts_again_for_each_day_that_it_lasts(now: datetime) -> None:
    assert bar(now, 20, last_at=now - 17.5 * DAY, watched=30) > STEP


def test_an_outage_is_no_quiet_time(now: datetime) -> None:
    assert bar(now, watched=15) == pytest.approx(-STEP / 2)


def test_days_that_the_first_model_has_learnt_do_not_count(now: datetime) -> None:
    series = make_series(false_alarms_per_month=1)
    for number, days in ((1, 30), (2, 3)):
        make_version(series, number, now - days * DAY)
    for back in range(QUARTER):
        judged(now - back * DAY)
    for days in (80, 60, 50, 20):
        make_anomaly("lahore", now - days * DAY)
    hold(KEY)
    assert Series.objects.get().strictness == pytest.approx(0, abs=0.05), "one alarm in thirty days"


def test_the_alarms_of_another_series_do_not_count(now: datetime) -> None:
    make_version(make_series("lahore/pm10"), 1, now)
    assert bar(now, 80, 60, 50, 20, 3, series="lahore/pm10", variable="pm10") == pytest.approx(-FARTHEST)


def test_days_on_which_others_were_judged_are_not_its_days(now: datetime) -> None:
    make_station(slug="multan")
    make_reading("multan", now, scores={"pm2_5": {"days": 1.0}})
    make_reading("lahore", now - 9 * DAY, scores={"pm10": {"days": 1.0}})
    make_reading("lahore", now - 8 * DAY, scores={})
    assert bar(now, watched=3) == pytest.approx(-STEP * 3 / 30)


def test_what_came_more_than_a_year_ago_does_not_count(now: datetime) -> None:
    judged(now - 400 * DAY)
    assert bar(now, 366, 380, 390, watched=3) == pytest.approx(-STEP * 3 / 30)


def test_computed_twice_it_is_the_same(now: datetime) -> None:
    first = bar(now, 40, 30, 20)
    tasks.watch_models()
    assert Series.objects.get().strictness == first


def test_a_year_of_readings_is_read_once_for_what_is_new(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str] = []
    usual = alarm_rate._days
    monkeypatch.setattr(alarm_rate, "_days", lambda series, since: reads.append(series.key) or usual(series, since))
    before = bar(now, watched=15)
    hold(KEY)
    assert len(reads) == 1, "nothing was new"
    make_reading("lahore", now + DAY)
    hold(KEY)
    assert len(reads) == 1, "it has not been judged yet"
    judged(now + DAY)
    hold(KEY)
    assert Series.objects.get().strictness < before
    Series.objects.update(strictness=0.7)
    hold(KEY)
    assert Series.objects.get().strictness < before, "another process wrote what it knew earlier"
    event = make_anomaly("lahore", now - 5 * DAY)
    hold(KEY)
    told = Series.objects.get().strictness
    Anomaly.objects.filter(pk=event.pk).update(review=Anomaly.Review.TRUE)
    hold(KEY)
    assert Series.objects.get().strictness < told


def test_without_readings_nothing_is_held(now: datetime) -> None:
    make_series()
    hold(KEY)
    hold("nowhere/pm2_5")
    assert Series.objects.get().strictness == 0


def test_the_rate_holds_although_the_calibration_is_wrong(now: datetime) -> None:
    """Readings seem five times rarer than they are; eight alarms a month were asked for."""
    make_series(false_alarms_per_month=8)
    rng, told = np.random.default_rng(3), []
    for back in reversed(range(120)):
        at, days = now - back * DAY, 5.0 / rng.random()
        judged(at, days)
        if days >= Series.objects.get().alarm_days:
            make_anomaly("lahore", at)
            told.append(back)
        hold(KEY)
    assert sum(back < QUARTER for back in told) == pytest.approx(24, rel=0.25)
