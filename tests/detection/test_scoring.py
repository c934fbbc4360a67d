"""From stored hours to models, scores, events and forecasts, with a real database and real fits."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from aqi_project.mongo import collection
from detection.analysis.severity import FAULT_AT_MOST
from detection.calibration.tail import Tail
from detection.lifecycle.training import fitting
from detection.live import scoring, serving
from detection.live.alarm_rate import hold
from detection.live.events import lifespan
from detection.live.forecasts import issuing
from detection.models import Anomaly, Artifact, Forecast, ModelVersion, Series
from detection.versions import artifacts, registry
from detection.versions.artifacts import ArtifactError
from ingestion.models import Reading, Station
from ingestion.observation import Observation
from ingestion.storing.catalogue import ensure_pollutants
from ingestion.storing.store import store
from tests.database import begin_with
from tests.detection.trained import make_series, make_version

HOUR = timedelta(hours=1)
END = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - 12 * HOUR
DAYS = 60
QUICK = ["prophet_band", "one_step", "same_hour_mad", "flatline", "dropout", "out_of_range"]

pytestmark = pytest.mark.django_db


def _hours(count: int, seed: int = 7) -> list[Observation]:
    """Hours up to END with a daily rhythm, as a sensor would send them."""
    rng = np.random.default_rng(seed)
    times = [END - (count - place - 1) * HOUR for place in range(count)]
    level = [np.exp(4.2 + 0.5 * np.sin(2 * np.pi * at.hour / 24) + 0.1 * rng.standard_normal()) for at in times]
    return [
        Observation(at, {"pm2_5": round(float(v), 2), "pm10": round(float(v * 1.6), 2)}, "push")
        for at, v in zip(times, level, strict=True)
    ]


@pytest.fixture
def lahore() -> Station:
    return _station()


def _station() -> Station:
    ensure_pollutants()
    return Station.objects.get_or_create(slug="lahore", defaults={"name": "Lahore", "timezone": "Asia/Karachi"})[0]


@pytest.fixture
def trained() -> Series:
    begin_with(_train)
    return Series.objects.get(variable="pm2_5")


def _train() -> None:
    store(_station(), _hours(DAYS * 24))
    series = next(one for one in fitting.ensure_series(_station()) if one.variable == "pm2_5")
    Series.objects.filter(key=series.key).update(detectors=QUICK)
    series.refresh_from_db()
    version = fitting.train(series, ModelVersion.Reason.FIRST).version
    registry.promote(series, version.number, who="test", why="first version")
    scoring.score_station("lahore")
    hold(series.key)


def _next(values: list[float]) -> list[Observation]:
    return [
        Observation(END + (place + 1) * HOUR, {"pm2_5": value, "pm10": value * 1.6}, "push")
        for place, value in enumerate(values)
    ]


def test_a_trained_series_serves_its_band(trained: Series) -> None:
    point = serving.band_between(trained.key, END, END + HOUR)[0]
    assert point.lower < point.expected < point.upper


def test_a_training_compares_its_detectors(trained: Series) -> None:
    rows = {row["detector"]: row for row in ModelVersion.objects.get().metrics["detectors"]}
    assert set(rows) == {*QUICK, "all together"}
    assert rows["one_step"]["found"] > 0
    assert max(rows.values(), key=lambda row: row["f1"])["champion"]


def test_scoring_marks_each_reading_once(trained: Series, lahore: Station) -> None:
    store(lahore, _next([60.0, 62.0]))
    assert scoring.score_station("lahore") == 2
    assert scoring.score_station("lahore") == 0
    scores = collection(Reading).find_one({"station": "lahore"}, sort=[("at", -1)])["scores"]
    assert scores["pm2_5"]["version"] == trained.champion
    assert 0 <= scores["pm2_5"]["score"] <= 1


def test_a_sudden_tenfold_value_becomes_an_explained_anomaly(trained: Series, lahore: Station) -> None:
    store(lahore, _next([900.0]))
    scoring.score_station("lahore")
    anomaly = Anomaly.objects.get(series=trained.key, end=None)
    assert anomaly.value == 900
    assert anomaly.upper < 900
    assert "900" in anomaly.explanation
    assert "900" in anomaly.explanation_ur
    assert anomaly.voters
    assert 0 < anomaly.record_days < anomaly.days_between
    assert f"Its record of {anomaly.record_days:.0f} days holds nothing so unusual." in anomaly.explanation
    assert Series.objects.get(key=trained.key).strictness > trained.strictness


def test_an_anomaly_closes_after_quiet_hours_and_tells_alerts_of_each_change(trained: Series, lahore: Station) -> None:
    store(lahore, _next([900.0]))
    scoring.score_station("lahore")
    opened = Anomaly.objects.get(series=trained.key, end=None)
    usual = [point.expected for point in serving.band_between(trained.key, END + 2 * HOUR, END + 9 * HOUR)]
    store(lahore, _next([900.0, *usual]))
    scoring.score_station("lahore")
    closed = Anomaly.objects.get(pk=opened.pk)
    assert closed.end is not None
    assert closed.revision > opened.revision


def test_an_event_whose_highest_value_is_corrected_is_told_anew(trained: Series, lahore: Station) -> None:
    store(lahore, _next([900.0, 950.0]))
    scoring.score_station("lahore")
    told = Anomaly.objects.get(series=trained.key, end=None)
    assert (told.value, told.peak_at) == (900, END + HOUR)  # the sudden one is the more unusual
    store(lahore, _next([800.0, 950.0]))
    scoring.score_station("lahore")
    anew = Anomaly.objects.get(series=trained.key, end=None)
    assert (anew.pk, anew.value, anew.peak_at) == (told.pk, 800, told.peak_at)
    assert "800" in anew.explanation
    assert anew.revision > told.revision


def test_another_reading_stands_for_an_event_whose_first_is_taken_back(trained: Series, lahore: Station) -> None:
    usual = [point.expected for point in serving.band_between(trained.key, END + HOUR, END + 2 * HOUR)]
    store(lahore, _next([900.0, 950.0]))
    scoring.score_station("lahore")
    store(lahore, _next([usual[0], 950.0]))
    scoring.score_station("lahore")
    event = Anomaly.objects.get(series=trained.key, end=None)
    assert (event.value, event.peak_at) == (950, END + 2 * HOUR)


def test_an_event_whose_values_are_taken_back_is_over_and_says_so(trained: Series, lahore: Station) -> None:
    usual = [point.expected for point in serving.band_between(trained.key, END + HOUR, END + 2 * HOUR)]
    store(lahore, _next([900.0]))
    scoring.score_station("lahore")
    store(lahore, _next(usual[:1]))
    scoring.score_station("lahore")
    event = Anomaly.objects.get(series=trained.key, start=END + HOUR)
    assert (event.end, event.value) == (END + HOUR, 900)
    assert event.explanation.endswith("Its source has corrected the value since.")
    assert event.explanation_ur.endswith("درست کر دیا۔")


def test_a_scorer_that_knows_less_takes_nothing_back(trained: Series, lahore: Station) -> None:
    """Two processes score a station; the one that began before the newest readings came may be the last to write."""
    store(lahore, _next([900.0]))
    scoring.score_station("lahore")
    slow = Anomaly.objects.get(series=trained.key, end=None)
    usual = [point.expected for point in serving.band_between(trained.key, END + 3 * HOUR, END + 9 * HOUR)]
    store(lahore, _next([900.0, 1900.0, *usual]))
    scoring.score_station("lahore")
    known = Anomaly.objects.values("last_at", "end", "details").get(pk=slow.pk)
    assert known["end"] > slow.last_at
    lifespan._store(slow)
    assert Anomaly.objects.values("last_at", "end", "details").get(pk=slow.pk) == known


def test_scoring_twice_opens_no_second_anomaly(trained: Series, lahore: Station) -> None:
    store(lahore, _next([900.0]))
    scoring.score_station("lahore")
    collection(Reading).update_many({"station": "lahore"}, {"$set": {"scored_revision": 0}})
    scoring.score_station("lahore")
    assert Anomaly.objects.filter(series=trained.key, start=END + HOUR).count() == 1


def test_scoring_again_inside_an_event_that_is_over_opens_no_second_one(trained: Series, lahore: Station) -> None:
    usual = [point.expected for point in serving.band_between(trained.key, END + 3 * HOUR, END + 10 * HOUR)]
    store(lahore, _next([900.0, 950.0, 900.0, *usual]))
    scoring.score_station("lahore")
    assert not Anomaly.objects.filter(end=None).exists()
    before = list(Anomaly.objects.values_list("start", "end"))
    store(lahore, [Observation(END + HOUR, {"pm2_5": 905.0, "pm10": 1440.0}, "push")])
    assert scoring.score_station("lahore") > 1
    assert list(Anomaly.objects.values_list("start", "end")) == before


def test_flagged_values_are_not_scored(trained: Series, lahore: Station) -> None:
    store(lahore, [Observation(END + HOUR, {"pm2_5": -9999.0, "pm10": 90.0}, "push")])
    scoring.score_station("lahore")
    document = collection(Reading).find_one({"station": "lahore"}, sort=[("at", -1)])
    assert "pm2_5" in document["flags"]
    assert "pm2_5" not in document["scores"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([-9999.0], "dropout"),
        ([9999.0], "out_of_range"),
        ([-3.0], "out_of_range"),
        ([61.25] * 8, "stuck"),
    ],
)
def test_a_value_that_is_doubted_for_a_broken_sensor_is_a_fault(trained: Series, lahore: Station, values, kind) -> None:
    steady = [Observation(one.at, one.values | {"pm10": 90.0 + n}, "push") for n, one in enumerate(_next(values))]
    store(lahore, steady)
    scoring.score_station("lahore")
    event = Anomaly.objects.get(series=trained.key, end=None)
    assert (event.kind, event.is_fault, event.severity) == (kind, True, FAULT_AT_MOST)
    assert "sensor" in event.explanation


def test_a_fault_ends_when_the_sensor_is_well_and_moves_no_bar(trained: Series, lahore: Station) -> None:
    usual = [one.values["pm2_5"] for one in _hours(DAYS * 24)[-24:-18]]
    store(lahore, _next([-9999.0, -9999.0, *usual[2:]]))
    scoring.score_station("lahore")
    event = Anomaly.objects.get(series=trained.key, start__gt=END)
    assert (event.is_fault, event.start, event.end) == (True, END + HOUR, END + 2 * HOUR)
    before = trained.strictness
    trained.refresh_from_db()
    assert trained.strictness <= before


def test_a_missing_value_in_a_smog_episode_neither_ends_it_nor_makes_it_a_fault(
    trained: Series, lahore: Station
) -> None:
    store(lahore, _next([900.0, 950.0, -9999.0, 940.0, 930.0]))
    scoring.score_station("lahore")
    event = Anomaly.objects.get(series=trained.key, end=None)
    assert (event.is_fault, event.start, event.last_at) == (False, END + HOUR, END + 5 * HOUR)


def test_pollution_after_a_fault_is_told_as_pollution(trained: Series, lahore: Station) -> None:
    store(lahore, _next([-9999.0, 900.0, 950.0]))
    scoring.score_station("lahore")
    fault, smog = Anomaly.objects.filter(series=trained.key, start__gt=END).order_by("start")
    assert (fault.is_fault, fault.end) == (True, END + HOUR)
    assert (smog.is_fault, smog.start, smog.end) == (False, END + 2 * HOUR, None)


def test_each_newest_reading_is_forecast_once(trained: Series) -> None:
    assert issuing.issue("lahore") == 1
    assert issuing.issue("lahore") == 0
    issued = Forecast.objects.get(series=trained.key)
    assert len(issued.quantiles["q50"]) == 72
    assert issued.start == END + HOUR


def test_a_changed_artifact_is_refused_before_it_is_read(trained: Series) -> None:
    artifact = Artifact.objects.filter(series=trained.key).first()
    payload = bytearray(artifact.payload)
    payload[-1] ^= 1
    Artifact.objects.filter(pk=artifact.pk).update(payload=bytes(payload))
    with pytest.raises(ArtifactError, match="signature"):
        artifacts.load_detectors(trained.key, trained.champion)


def test_a_signed_artifact_cannot_stand_in_for_another(trained: Series) -> None:
    first, second = Artifact.objects.filter(series=trained.key).order_by("name")[:2]
    swapped = {"payload": bytes(second.payload), "signature": second.signature}
    Artifact.objects.filter(pk=first.pk).update(**swapped)
    with pytest.raises(ArtifactError, match="signature"):
        artifacts.load_detectors(trained.key, trained.champion)


def test_a_station_without_readings_is_left_alone(lahore: Station) -> None:
    assert fitting.ensure_series(lahore) == []
    assert scoring.score_station("lahore") == 0
    assert issuing.issue("lahore") == 0


def test_an_hour_like_the_others_is_no_alarm_where_calibration_has_counted_few_episodes(lahore: Station) -> None:
    """Two episodes in ninety days: what lies below both was not “once in 45 days”, and opens or holds no event."""
    store(lahore, _hours(DAYS * 24))
    series = make_series("lahore/pm2_5", champion=1, false_alarms_per_month=1)
    calibration = {"tails": {"out_of_range": Tail((), 90.0).dump()}, "total": Tail((1.0, 2.0), 90.0).dump()}
    make_version(series, 1, END, calibration=calibration)
    scoring.score_station("lahore")
    assert not Anomaly.objects.exists()
    scores = collection(Reading).find_one({"station": "lahore"}, sort=[("at", -1)])["scores"]
    assert scores["pm2_5"]["score"] == 0


def test_what_no_detector_has_looked_at_is_not_called_usual(lahore: Station) -> None:
    """A station that sends more often than its interval: the first reading of each interval is judged."""
    store(lahore, [*_hours(DAYS * 24), Observation(END + timedelta(minutes=20), {"pm2_5": 120.0}, "push")])
    make_version(make_series("lahore/pm2_5", champion=1), 1, END)
    scoring.score_station("lahore")
    found = collection(Reading).find({"station": "lahore"}, sort=[("at", -1)], limit=2)
    assert ["pm2_5" in document["scores"] for document in found] == [False, True]
