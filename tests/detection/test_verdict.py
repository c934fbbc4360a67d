"""The verdict on one value, by hand: where the band lies, how rare the value is, what is said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import e, inf, nan
from typing import Any

import pytest

from detection.calibration.tail import Tail, usual_share
from detection.live.band import Band, BandPoint, OutsideBandError
from detection.live.predict import Limits, Verdict, broken_limit, judge, sentence

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
BAND = Band({
    "start": START.isoformat(), "step_seconds": 3600, "expected": [100.0, 120.0, 60.0],
    "lower": [50.0, 60.0, 20.0], "upper": [200.0, 240.0, 100.0],
    "offset": None, "tail": Tail((1.0, 2.0, 4.0), 12.0).dump(),
})  # fmt: skip
LIMITS = Limits(alarm_days=6.0, hard_min=None, hard_max=None, points_per_day=24)


def at(hours: float) -> tuple[float, float, float]:
    point = BAND.at(START + hours * HOUR)
    return point.expected, point.lower, point.upper


@pytest.mark.parametrize(
    ("hours", "band"),
    [(0, (100, 50, 200)), (0.5, (110, 55, 220)), (1, (120, 60, 240)), (1.75, (75, 30, 135)), (2, (60, 20, 100))],
)
def test_between_two_points_the_band_lies_in_proportion(hours: float, band: tuple[float, float, float]) -> None:
    assert at(hours) == pytest.approx(band)


@pytest.mark.parametrize("hours", [-0.001, 2.001])
def test_outside_of_its_grid_a_model_knows_nothing(hours: float) -> None:
    with pytest.raises(OutsideBandError, match="2026-01-01 00:00 to 2026-01-01 02:00 UTC"):
        at(hours)


@pytest.mark.parametrize(
    ("start", "end", "hours"), [(-9, 9, [0, 1, 2]), (0, 2, [0, 1, 2]), (0.1, 1.9, [1]), (1, 1, [1]), (3, 9, [])]
)
def test_the_points_of_a_span_are_those_within_it(start: float, end: float, hours: list[int]) -> None:
    found = BAND.between(START + start * HOUR, START + end * HOUR)
    assert [point.at for point in found] == [START + hour * HOUR for hour in hours]
    assert [point.expected for point in found] == [BAND.expected[hour] for hour in hours]


@pytest.mark.parametrize(("value", "distance"), [(100, 0), (150, 0.5), (200, 1), (50, 1), (0, 2), (300, 2)])
def test_the_distance_is_one_at_either_edge(value: float, distance: float) -> None:
    assert BAND.distance(BAND.at(START), value) == pytest.approx(distance)


@pytest.mark.parametrize(("score", "days"), [(0.5, 4), (1, 4), (1.5, 6), (2, 6), (2.1, 12), (4, 12), (nan, 0)])
def test_a_score_comes_as_often_as_it_and_higher_ones_came(score: float, days: float) -> None:
    assert BAND.tail.days_between(score) == days


def test_beyond_the_highest_an_exponential_tail_goes_on() -> None:
    tail = Tail((1.0, 2.0, 2.0, e + 1.0), days=10.0)
    scale = (e - 1.0) / 1.0986122886681098  # from the upper half: two of four, over the logarithm of three
    assert tail.days_between(e + 1.0 + scale) == pytest.approx(10.0 * e)
    assert tail.days_between(1e300) == pytest.approx(10.0 * e**40)
    assert tail.score_for(10.0 * e) == pytest.approx(e + 1.0 + scale)
    assert tail.score_for(10.0 * e * e) == pytest.approx(e + 1.0 + 2 * scale)


@pytest.mark.parametrize(("days", "score"), [(12, 4), (8, 4), (6, 2), (4, 1), (1, 1)])
def test_the_score_for_so_many_days_was_reached_so_often(days: float, score: float) -> None:
    assert BAND.tail.score_for(days) == score


def test_without_a_past_nothing_is_rare_and_nothing_alarms() -> None:
    assert Tail.of([nan, inf], 90.0) == Tail((), 90.0)
    assert Tail((), 90.0).days_between(9.0) == 0
    assert Tail((), 90.0).score_for(30.0) == inf


def test_where_all_were_alike_a_trifle_is_not_beyond_belief() -> None:
    assert Tail((0.0, 0.0), 10.0, least_scale=2.0).days_between(2.0) == pytest.approx(10.0 * e)


def test_a_tail_is_loaded_as_it_was_stored() -> None:
    tail = Tail.of([3.0, 1.0, nan, 2.0], 90.0, least_scale=0.5)
    assert tail == Tail((1.0, 2.0, 3.0), 90.0, 0.5) == Tail.load(tail.dump())
    assert len(Tail.of(range(2000), 90.0).scores) == 1000


@pytest.mark.parametrize(("days", "share"), [(-1, 0), (0, 0), (1 / 48, 0), (1 / 24, 0), (1 / 12, 0.5), (1, 23 / 24)])
def test_the_score_is_the_share_of_readings_that_are_more_usual(days: float, share: float) -> None:
    assert usual_share(days, 24) == pytest.approx(share)


def verdict(value: float, **limits: Any) -> Verdict:
    return judge(BAND, replace(LIMITS, **limits), BAND.at(START), value)


@pytest.mark.parametrize(("value", "is_anomaly"), [(200, False), (250, True), (300, True), (49, True)])
def test_what_comes_as_rarely_as_was_asked_for_is_an_anomaly(value: float, is_anomaly: bool) -> None:
    assert verdict(value).is_anomaly == is_anomaly
    assert verdict(value).deviation == value - 100


@pytest.mark.parametrize(
    ("value", "breach"), [(89.9, 90.0), (90.0, None), (100.0, None), (110.0, None), (110.1, 110.0)]
)
def test_a_limit_of_an_admin_is_broken_beyond_it(value: float, breach: float | None) -> None:
    limits = {"hard_min": 90.0, "hard_max": 110.0}
    assert broken_limit(replace(LIMITS, **limits), value) == breach
    assert (verdict(value, **limits).breach, verdict(value, **limits).is_anomaly) == (breach, breach is not None)


@pytest.mark.parametrize(
    ("value", "days", "is_anomaly", "said"),
    [
        (200, 0.5, False, "Dust of 200 g is usual for this time (50 to 200 g)."),
        (50, 0.5, False, "Dust of 50 g is usual for this time (50 to 200 g)."),
        (201, 0.5, False, "Dust of 201 g is outside the usual 50 to 200 g, but not rare enough for an anomaly."),
        (49, 0.5, False, "Dust of 49 g is outside the usual 50 to 200 g, but not rare enough for an anomaly."),
        (250, 1.9, True, "Dust of 250 g is unusual: 50 to 200 g is usual for this time."),
        (250, 2, True, "A value so far from usual comes about once in 2 days."),
        (250, 90, True, "A value so far from usual comes about once in 90 days."),
        (250, 90.1, True, "Its record of 90 days holds no value so far from usual."),
    ],
)
def test_it_says_no_more_than_is_known(value: float, days: float, is_anomaly: bool, said: str) -> None:
    found = Verdict(BAND.at(START), value, days, 90.0, 0.9, is_anomaly, None)
    assert sentence(found, "Dust", "g").endswith(said)


@pytest.mark.parametrize(
    ("lower", "upper", "value", "said"),
    [
        (984.2, 1190.4, 1_345.6, "Dust of 1346 g is unusual: 984 to 1190 g is usual for this time."),
        (984.2, 1190.4, 972.46, "Dust of 972.5 g is unusual: 984 to 1190 g is usual for this time."),
        (296.21, 296.87, 297.0, "Dust of 297 g is unusual: 296.21 to 296.87 g is usual for this time."),
        (-9.974, -5.631, 0.0, "Dust of 0 g is unusual: -9.97 to -5.63 g is usual for this time."),
        (0.00012, 0.00034, 4e6, "Dust of 4000000 g is unusual: 0.00012 to 0.00034 g is usual for this time."),
    ],
)
def test_numbers_of_any_size_are_told_as_people_write_them(lower: float, upper: float, value: float, said: str) -> None:
    """“984 to 1.19e+03” and “296 to 296” were told of counts and kelvin."""
    found = Verdict(BandPoint(START, (lower + upper) / 2, lower, upper), value, 1.0, 90.0, 1.0, True, None)
    assert sentence(found, "Dust", "g") == said


def test_in_urdu_a_sign_stays_before_its_number() -> None:
    found = Verdict(BandPoint(START, -6.6, -7.7, -5.5), -3.0, 1.0, 90.0, 1.0, True, None)
    said = "درجہ \u200e-3 °C غیر معمولی ہے: اس وقت \u200e-7.7 سے \u200e-5.5 °C عام ہے۔"
    assert sentence(found, "درجہ", "°C", 1) == said


def test_a_broken_limit_is_told_before_all_else() -> None:
    said = sentence(verdict(300.0, hard_max=250.0), "Dust", "g")
    assert said == "Dust of 300 g is beyond the limit of 250 g that is set for this sensor."
