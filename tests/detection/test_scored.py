"""Which series are scored and forecast when readings come, and what is kept of each."""

from typing import Any

import pytest

from aqi_project.mongo import collection
from detection.live import scoring
from detection.live.forecasts import issuing
from detection.models import Anomaly, Forecast, Series
from detection.signals import anomalies_changed
from ingestion.models import Reading
from tests.detection.trained import KEY, make_series, make_version
from tests.factories import HOUR, make_forecast, make_readings, make_station, make_variables, this_hour

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lahore() -> None:
    """Two stations, each with two hours that nobody has scored."""
    make_variables()
    for slug in ("lahore", "multan"):
        make_station(slug=slug)
        make_readings(slug, hours=2)


def served(key: str = KEY, **fields: Any) -> Series:
    series = make_series(key, champion=1, last_number=1, **fields)
    make_version(series, 1, this_hour())
    return series


def scores(slug: str = "lahore") -> list[dict[str, Any]]:
    return [one.scores for one in Reading.objects.filter(station=slug).order_by("at")]


def test_each_series_of_the_station_that_is_watched_is_scored_and_no_other() -> None:
    served()
    served("lahore/pm10")
    served("lahore/no2", is_active=False)
    served("multan/o3")
    make_series("lahore/so2")
    assert scoring.score_station("lahore") == 2
    assert [set(one) for one in scores()] == [{"pm2_5", "pm10"}] * 2
    assert scores("multan") == [{}, {}]
    assert scoring.score_station("lahore") == 0


def test_a_score_says_what_was_expected_and_by_which_version() -> None:
    make_version(make_series("lahore/no2"), 2, this_hour() - 100 * 24 * HOUR)
    make_version(served(), 2, this_hour())
    Series.objects.filter(key=KEY).update(champion=2)
    scoring.score_station("lahore")
    kept = {"expected": 200.0, "lower": 100.0, "upper": 400.0, "score": 0.0, "days": 0.0, "version": 2}
    assert scores()[-1]["pm2_5"] == kept


def test_beyond_the_days_that_a_model_has_foretold_nothing_is_expected() -> None:
    make_version(make_series(champion=1, last_number=1), 1, this_hour() - 31 * 24 * HOUR)
    scoring.score_station("lahore")
    assert set(scores()[-1]["pm2_5"]) == {"score", "days", "version"}


def test_a_variable_that_has_not_come_has_no_score_and_hinders_no_other() -> None:
    served()
    served("lahore/wind")
    newest = {"station": "lahore", "at": this_hour().replace(tzinfo=None)}
    collection(Reading).update_one(newest, {"$unset": {"values.pm2_5": 1}})
    assert scoring.score_station("lahore") == 2
    assert [set(one) for one in scores()] == [{"pm2_5"}, set()]


def test_others_are_told_where_an_event_has_changed_and_only_there() -> None:
    served(hard_max=300.0)
    served("lahore/wind")  # which does not come
    make_series("lahore/co", champion=1)  # whose version is not there
    told: list[str] = []

    def listen(sender: Any, station: str, **kwargs: Any) -> None:
        told.append(station)

    anomalies_changed.connect(listen)
    try:
        scoring.score_station("lahore")
        assert told == []
        make_readings("lahore", hours=1, until=this_hour() + HOUR, pm2_5=400.0)
        scoring.score_station("lahore")
        assert (told, Anomaly.objects.get().value) == (["lahore"], 400.0)
    finally:
        anomalies_changed.disconnect(listen)


def test_each_series_of_the_station_that_is_watched_is_forecast_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("lahore/co", "multan/o3"):
        make_series(key, champion=1)
    make_series("lahore/no2", champion=1, is_active=False)
    make_series("lahore/so2")
    make_series("lahore/pm10", champion=1)
    make_series(champion=1)
    make_forecast("lahore/pm10", this_hour())
    make_forecast(KEY, this_hour() - HOUR)
    asked: list[str] = []
    monkeypatch.setattr(issuing, "foretell", lambda series, *given: asked.append(series.key))
    assert issuing.issue("lahore") == 0
    assert sorted(asked) == ["lahore/co", KEY]
    assert Forecast.objects.count() == 2
