"""A challenger that watches beside the champion: it foretells live, unseen, and afterwards the better one serves."""

from datetime import datetime, timedelta

import pytest

from aqi_project import clock
from aqi_project.mongo import collection
from detection.forecasting import Forecaster
from detection.lifecycle.gate import shadow
from detection.lifecycle.gate.decision import Decision
from detection.lifecycle.training.fitting import Trained
from detection.lifecycle.training.outcomes import settle
from detection.live.forecasts import issuing
from detection.models import Forecast, ModelVersion, Series, ShadowForecast, TrainingRun
from detection.tasks import score_station, watch_models
from detection.versions import artifacts
from detection.versions.registry import promote
from ingestion.models import Reading, Station
from tests.database import begin_with
from tests.detection.frames import air
from tests.detection.trained import KEY, ZONE, make_series, make_version
from tests.factories import HOUR, make_lahore, make_reading, reading_document, this_hour

pytestmark = pytest.mark.django_db
DAYS = 3  # of watching
PASSED = {"gate": {"passed": True, "sentence": "It beats the champion."}}


@pytest.fixture
def series() -> Series:
    """Version 1 serves, version 2 has passed the gate and watches; both were trained DAYS ago."""
    begin_with(_train_two)
    return Series.objects.get(key=KEY)


def _train_two() -> None:
    make_lahore()
    now, frame = this_hour(), air(25, columns=("pm2_5", "pm10"))
    shift = now - frame.index[-1]
    rows = [reading_document("lahore", at + shift, values=row.to_dict()) for at, row in frame.iterrows()]
    collection(Reading).insert_many(rows)
    made = make_series(last_number=2, shadow_days=DAYS)
    frame.index += shift
    for number in (1, 2):
        known = frame.loc[: now - timedelta(days=DAYS)]
        artifacts.save(KEY, number, {artifacts.FORECASTER: Forecaster("pm2_5", ZONE).fit(known)})
        make_version(made, number, now - timedelta(days=DAYS), metrics=PASSED)
    promote(made, 1, who="system", why="The first version.")
    Series.objects.filter(key=KEY).update(challenger=2)


def watched(now: datetime, champion: float, challenger: float, every: int = 2, key: str = KEY, shadow: int = 2) -> None:
    """Each was wrong by its factor in each hour that it foretold. `shadow`: the challenger's number."""
    came = {clock.aware(one["at"]): one["values"]["pm2_5"] for one in collection(Reading).find({"station": "lahore"})}
    for back in range(30, 24 * DAYS, every):
        at, wobble = now - back * HOUR, 1 + 0.02 * (back % 6)
        usual = [came.get(at + row * HOUR) for row in range(1, 73)]
        place = {"series": key, "issued_at": at, "start": at + HOUR}
        for error, model, number in ((champion, Forecast, 1), (challenger, ShadowForecast, shadow)):
            median = [error * wobble * value if value else 50.0 for value in usual]
            said = {"quantiles": dict.fromkeys(("q025", "q50", "q975"), median)} if number == 1 else {"median": median}
            model.objects.create(**place, **said, model_version=number)


def test_both_foretell_from_each_reading_and_only_the_champions_is_shown(series: Series, now: datetime) -> None:
    for _ in range(2):
        score_station("lahore")
    assert [one.model_version for one in Forecast.objects.all()] == [1]
    kept = ShadowForecast.objects.get()
    assert (kept.model_version, kept.issued_at, kept.start, len(kept.median)) == (2, now, now + HOUR, 72)


def test_what_was_foretold_from_a_reading_is_not_computed_again_until_the_next(
    series: Series, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shadow.issue("lahore") == 1
    usual, computed = issuing.foretell, []
    monkeypatch.setattr(issuing, "foretell", lambda *given: computed.append(1) or usual(*given))
    assert shadow.issue("lahore") == 0
    assert computed == []
    make_reading("lahore", now + HOUR, values={"pm2_5": 50.0, "pm10": 80.0})
    assert shadow.issue("lahore") == 1


def test_challengers_of_another_station_of_inactive_series_and_refused_ones_do_not_watch(series: Series) -> None:
    Series.objects.update(is_active=False)
    for key in ("multan/pm2_5", "lahore/pm10"):
        other = make_series(key, challenger=2, shadow_days=DAYS)
        make_version(other, 2, this_hour(), metrics=PASSED)
    refused = make_series("lahore/no2", challenger=2, shadow_days=DAYS)
    for number, gate in ((1, PASSED), (2, {"gate": {"passed": False}}), (3, PASSED)):
        make_version(refused, number, this_hour(), metrics=gate)
    assert [one.key for one in shadow.watching("lahore")] == ["lahore/pm10"]


def test_what_is_not_sent_any_more_is_tried_once_a_reading(
    series: Series, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    collection(Reading).update_many({}, {"$unset": {"values.pm2_5": 1}})
    for at in (now, now + HOUR):
        make_reading("lahore", at, values={"pm10": 1.0})
        caplog.clear()
        for _ in range(3):
            assert issuing.issue("lahore") + shadow.issue("lahore") == 0
        assert len(caplog.records) == 2, "one for the champion, one for the challenger"


@pytest.mark.parametrize(("hours", "issued"), [(24, 1), (30, 0)])
def test_nothing_is_foretold_from_a_value_of_the_day_before_yesterday(
    series: Series, now: datetime, hours: int, issued: int
) -> None:
    missing = {"at": {"$gt": (now - hours * HOUR).replace(tzinfo=None)}}
    collection(Reading).update_many(missing, {"$set": {"flags.pm2_5": "frozen: …"}})
    assert (issuing.issue("lahore"), shadow.issue("lahore")) == (issued, issued)


def test_a_challenger_that_did_not_pass_the_gate_or_has_no_days_does_not_watch(series: Series) -> None:
    Series.objects.update(shadow_days=0)
    assert shadow.issue("lahore") == 0
    make_version(series, 3, this_hour(), metrics={"gate": {"passed": False}})
    Series.objects.update(shadow_days=DAYS, challenger=3)
    assert shadow.issue("lahore") == 0


@pytest.mark.parametrize(("passed", "challenger"), [(False, 2), (True, 3)])
def test_a_later_version_takes_the_place_of_one_that_watches_only_where_it_passed(
    series: Series, now: datetime, passed: bool, challenger: int
) -> None:
    version = make_version(series, 3, now)
    run = TrainingRun.objects.create(series=KEY, reason="degradation", state="running")
    settle(series, Trained(version, True, Decision(passed, "So it is.")), run)
    assert Series.objects.get(key=KEY).challenger == challenger


def test_before_its_days_are_over_nothing_is_decided(series: Series, now: datetime) -> None:
    Series.objects.update(shadow_days=DAYS + 1)
    watched(now, champion=1.5, challenger=1.05)
    assert shadow.conclude("lahore") == []
    assert Series.objects.get(key=KEY).challenger == 2


def test_the_better_one_serves_afterwards_and_the_row_says_why(series: Series, now: datetime) -> None:
    watched(now, champion=1.5, challenger=1.05)
    watch_models()
    found = Series.objects.get(key=KEY)
    assert (found.champion, found.challenger) == (2, None)
    assert found.last_change["why"].startswith("After 3 days beside the champion: It beats the champion")


def test_one_that_was_fitted_after_a_change_brings_the_change_when_it_serves(series: Series, now: datetime) -> None:
    """Otherwise the next training would read again what was sent before."""
    change = now - timedelta(days=20)
    TrainingRun.objects.create(
        series=KEY, reason="drift", state="done", version=2, data_until=now, window_starts_at=change
    )
    watched(now, champion=1.5, challenger=1.05)
    shadow.conclude("lahore")
    assert Series.objects.get(key=KEY).window_starts_at == change


def test_a_station_that_reads_every_three_hours_is_watched_too(series: Series, now: datetime) -> None:
    Station.objects.update(expected_interval=timedelta(hours=3))
    between = [(now - back * HOUR).replace(tzinfo=None) for back in range(25 * 24) if back % 3]
    collection(Reading).delete_many({"at": {"$in": between}})
    watched(now, champion=1.5, challenger=1.05, every=3)
    watch_models()
    assert Series.objects.get(key=KEY).champion == 2


@pytest.mark.parametrize(("champion", "challenger"), [(1.05, 1.5), (1.2, 1.2)])
def test_one_that_is_not_better_goes_and_its_run_says_why(
    series: Series, now: datetime, champion: float, challenger: float
) -> None:
    run = TrainingRun.objects.create(series=KEY, reason="schedule", state="done", version=2, data_until=now)
    watched(now, champion, challenger)
    assert shadow.conclude("lahore") == []
    found = Series.objects.get(key=KEY)
    run.refresh_from_db()
    assert (found.champion, found.challenger) == (1, None)
    assert "does not surely beat the champion" in run.outcome


def test_what_another_series_foretold_says_nothing(series: Series, now: datetime) -> None:
    watched(now, champion=1.5, challenger=1.05)
    watched(now, champion=1.0, challenger=3.0, key="lahore/pm10")
    assert [row.to_number for row in shadow.conclude("lahore")] == [2]


def test_what_an_earlier_challenger_foretold_says_nothing(series: Series, now: datetime) -> None:
    watched(now, champion=1.5, challenger=1.05)
    Forecast.objects.all().delete()
    watched(now, champion=1.5, challenger=3.0, shadow=9)
    assert [row.to_number for row in shadow.conclude("lahore")] == [2]


def test_one_that_goes_takes_no_other_with_it(series: Series, now: datetime) -> None:
    make_series("karachi/pm2_5", champion=1, challenger=2)
    for key, version in (("karachi/pm2_5", 2), (KEY, 1)):
        TrainingRun.objects.create(series=key, reason="schedule", state="done", version=version, outcome="It serves.")
    watched(now, champion=1.05, challenger=1.5)
    assert shadow.conclude("lahore") == []
    assert Series.objects.get(key="karachi/pm2_5").challenger == 2
    assert set(TrainingRun.objects.values_list("outcome", flat=True)) == {"It serves."}


def test_a_challenger_that_foretold_nothing_is_waited_for_and_then_goes(series: Series, now: datetime) -> None:
    assert shadow.conclude("lahore") == []
    found = Series.objects.get(key=KEY)
    assert (found.champion, found.challenger) == (1, 2)
    make_reading("lahore", now + shadow.LONGER, values={"pm2_5": 50.0})
    assert shadow.conclude("lahore") == []
    found = Series.objects.get(key=KEY)
    assert (found.champion, found.challenger) == (1, None)


def test_a_watch_too_short_to_compare_goes_on_until_it_can(series: Series, now: datetime) -> None:
    """Half a day of hourly forecasts has none with a day behind it, and a week of a daily station has seven."""
    Series.objects.update(shadow_days=0.5)
    assert shadow.conclude("lahore") == []
    assert Series.objects.get(key=KEY).challenger == 2
    watched(now, champion=1.5, challenger=1.05)
    [row] = shadow.conclude("lahore")
    assert row.why.startswith("After 3 days beside the champion: It beats")


def test_after_a_change_of_the_source_it_need_not_surely_beat_what_is_naive(series: Series, now: datetime) -> None:
    """As in the gate before: the champion describes readings that no longer come."""
    watched(now, champion=3.0, challenger=1.2)
    assert shadow.conclude("lahore") == []
    Series.objects.update(challenger=2)
    at = {"data_until": now, "window_starts_at": now - timedelta(days=20)}
    TrainingRun.objects.create(series=KEY, reason="drift", state="done", version=2, **at)
    [row] = shadow.conclude("lahore")
    assert row.why.endswith("before it changed, so this one serves.")


def test_after_a_change_of_the_source_what_is_expected_counts_too(series: Series, now: datetime) -> None:
    """Both foretell alike; what the champion expects of each hour comes no more."""
    for number, expected in ((1, 5.0), (2, 70.0)):
        collection(ModelVersion).update_one({"number": number}, {"$set": {"band.expected": [expected] * 960}})
    watched(now, champion=1.05, challenger=1.05)
    at = {"data_until": now, "window_starts_at": now - timedelta(days=20)}
    TrainingRun.objects.create(series=KEY, reason="drift", state="done", version=2, **at)
    [row] = shadow.conclude("lahore")
    assert "Its expected values err × 0." in row.why
