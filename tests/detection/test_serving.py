"""Which series and version answer, how soon a change is seen, and what is said where there is none."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from detection.live import scoring, serving, warm
from detection.live.serving import UnknownSeriesError
from detection.models import ModelVersion, Series
from tests.detection.trained import KEY, make_series, make_version
from tests.factories import HOUR, make_forecast, this_hour

pytestmark = pytest.mark.django_db


class Clock:
    seconds = 100.0


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    given = Clock()
    monkeypatch.setattr(serving, "time", SimpleNamespace(monotonic=lambda: given.seconds))
    serving.forget()
    yield given
    serving.forget()


def served(key: str = KEY) -> Series:
    series = make_series(key, champion=1)
    for number in (1, 2):
        make_version(series, number, this_hour())
    return series


def expected(sensor_id: str = KEY) -> float | None:
    band = serving.champion(sensor_id).band
    return band.at(this_hour()).expected if band else None


def test_a_promotion_is_seen_after_half_a_second(clock: Clock) -> None:
    served()
    assert expected() == 100.0
    Series.objects.update(champion=2)
    clock.seconds += 0.5
    assert expected() == 100.0
    clock.seconds += 0.01
    assert expected() == 200.0


def test_a_series_that_is_gone_is_unknown_after_half_a_second(clock: Clock) -> None:
    served()
    served("lahore/pm10")
    assert [expected(), expected("lahore/pm10")] == [100.0, 100.0]
    Series.objects.filter(key=KEY).delete()
    clock.seconds += 0.51
    with pytest.raises(UnknownSeriesError, match=rf"no series '{KEY}'\. This station has: lahore/pm10\.$"):
        serving.champion(KEY)
    assert expected("lahore/pm10") == 100.0


def test_a_station_answers_by_its_name_while_it_has_one_series(clock: Clock) -> None:
    served()
    make_series("multan/pm2_5")
    assert expected("lahore") == 100.0
    make_series("lahore/pm10")
    assert expected("lahore") == 100.0
    for _ in range(2):
        clock.seconds += 0.51
        with pytest.raises(UnknownSeriesError, match=r"'lahore'\. This station has: lahore/pm10, lahore/pm2_5\.$"):
            serving.champion("lahore")
    with pytest.raises(UnknownSeriesError, match="GET /api/v1/stations lists the stations"):
        serving.champion("karachi")


def test_a_series_whose_version_is_not_there_has_no_band() -> None:
    served()
    ModelVersion.objects.filter(number=1).delete()
    assert (serving.champion(KEY).version, expected()) == (1, None)
    assert serving.band_between(KEY, this_hour(), this_hour() + HOUR) == []


def test_who_answers_is_the_series_with_the_version_that_serves_it() -> None:
    served()
    make_series("lahore/pm10")
    found = [serving.champion(key) for key in (KEY, "lahore/pm10")]
    assert [(one.series.key, one.version, one.band is None) for one in found] == [
        (KEY, 1, False),
        ("lahore/pm10", None, True),
    ]


def test_a_memory_that_is_full_forgets_for_what_is_new_and_answers_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "MOST_SERIES", 2)
    keys = [served(f"lahore/{variable}").key for variable in ("pm2_5", "pm10", "no2")]
    assert [expected(key) for key in (*keys[:2], *keys[:2])] == [100.0] * 4
    with pytest.raises(UnknownSeriesError):
        serving.champion("lahore/o3")
    assert set(serving._series) == set(keys[:2])
    assert expected(keys[2]) == 100.0
    assert set(serving._series) == {keys[2]}


def test_the_newest_forecast_is_that_of_the_series_which_was_issued_last() -> None:
    now = this_hour()
    for key, hour in ((KEY, 1), (KEY, 3), (KEY, 2), ("lahore/pm10", 4)):
        make_forecast(key, now + hour * HOUR)
    found = serving.latest_forecast(KEY)
    assert found is not None
    assert (found.series, found.issued_at) == (KEY, now + 3 * HOUR)
    assert serving.latest_forecast("lahore/no2") is None


def test_a_worker_opens_the_models_that_score_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    make_series("lahore/no2", champion=3, is_active=False)
    make_series("lahore/so2")
    make_series("lahore/pm10", champion=2)
    served()
    opened: list[tuple[str, int]] = []
    monkeypatch.setattr(scoring, "model", lambda owner, key, number: opened.append((key, number)))
    warm.open_champions()
    assert sorted(opened) == [("lahore/pm10", 2), (KEY, 1)]
