"""Series as if they had been trained: versions with a real, small detector and a flat band, and what came after."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from detection.calibration.tail import Tail
from detection.detectors import create
from detection.detectors.base import Detector
from detection.lifecycle.training import triggers
from detection.models import DriftReport, ModelVersion, Reason, Series, TrainingRun
from detection.versions import artifacts
from detection.versions.compatibility import made_with
from tests.detection.frames import air

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ZONE = "Asia/Karachi"
KEY = "lahore/pm2_5"


def make_series(key: str = KEY, **fields: Any) -> Series:
    station, _, variable = key.partition("/")
    return Series.objects.create(key=key, station=station, variable=variable, **fields)


@cache
def small_detector() -> Detector:
    return create("out_of_range", "pm2_5", interval=HOUR, zone=ZONE).fit(air(20))


def make_version(series: Series, number: int, at: datetime, **fields: Any) -> ModelVersion:
    """Its band is flat at 100 × number, from ten days before `at` to thirty after."""
    rows = 24 * 40
    expected = [100.0 * number] * rows
    band = {
        "start": (at - timedelta(days=10)).isoformat(), "step_seconds": 3600, "expected": expected,
        "lower": [0.5 * value for value in expected], "upper": [2.0 * value for value in expected],
        "offset": None, "tail": Tail((1.0, 2.0), 90.0).dump(),
    }  # fmt: skip
    artifacts.save(series.key, number, {"out_of_range": small_detector()})
    given = {
        "trained_from": at - timedelta(days=365),
        "trained_to": at,
        "rows": 8760,
        "data_hash": str(number),
        "libraries": made_with(),
    }
    calibration = {"tails": {"out_of_range": Tail((), 90.0).dump()}, "total": Tail((), 90.0).dump()}
    return ModelVersion.objects.create(
        series=series.key, number=number, reason=ModelVersion.Reason.MANUAL, band=band, seconds=1.0,
        **{**given, "calibration": calibration, **fields},
    )  # fmt: skip


def make_champion(at: datetime) -> Series:
    """A series whose first version was trained at that time, and serves."""
    series = make_series(champion=1, last_number=1)
    make_version(series, 1, at)
    return series


def asked(series: Series, reason: str = "manual") -> TrainingRun:
    """Somebody wants it trained."""
    return TrainingRun.objects.create(series=series.key, reason=reason, who="ayesha")


def ran(until: datetime | None, **fields: Any) -> TrainingRun:
    """A training that is over; its newest reading was of that time."""
    given = {"series": KEY, "reason": Reason.MANUAL, "state": TrainingRun.State.DONE}
    return TrainingRun.objects.create(data_until=until, **{**given, **fields})


def drifted(at: datetime, **fields: Any) -> DriftReport:
    given = {"verdict": "drift", "reason": "step", "since": at - 10 * DAY, "is_new": True, "sentence": "It jumped."}
    return DriftReport.objects.create(at=at, day=at.date(), **{"series": KEY, **given, **fields})


def reason(series: Series, now: datetime) -> str | None:
    """What it would be trained for; None where nothing asks for it."""
    wish = triggers.due(series, now)
    return wish.reason if wish else None
