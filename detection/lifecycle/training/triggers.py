"""When a series is trained again: after an upgrade, on drift, degradation, enough new data, on schedule; not too often.

Time here is that of the readings, so that a recording played fast is watched as a live feed is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aqi_project.clock import DAY
from detection.drift.result import LEVELS
from detection.lifecycle.training import runs
from detection.lifecycle.watch.degradation import degradation
from detection.models import DriftReport, ModelVersion, Reason, Series, TrainingRun
from detection.versions import registry
from detection.versions.compatibility import cannot_open
from ingestion.newest import newest_at

COOLDOWN = timedelta(hours=20)  # between two trainings of a series
RETRY = timedelta(days=3)  # between two trainings for the same drift
MOST_A_DAY = 2
GROWTH = 1.5  # so many times the champion's readings are enough new data
SETTLING = timedelta(days=8)  # of readings after a change before a model is fitted on two thirds of them
RECENT = timedelta(days=60)  # a change that is older has been learnt by the usual window


@dataclass(frozen=True)
class Wish:
    """A training that is due, and why."""

    reason: str
    why: str
    window_starts_at: datetime | None = None


def look(station: str) -> list[TrainingRun]:
    """Ask for the trainings that are due at a station; returns their runs."""
    now = newest_at(station)
    if now is None:
        return []
    found = []
    for series in Series.objects.filter(station=station, is_active=True).exclude(champion=None):
        wish = due(series, now)
        if wish and may_train(series, now, wish.reason):
            found.append(runs.request(series, wish.reason, wish.why, window_starts_at=wish.window_starts_at))
    return found


def replace_unusable(series: Series, why: str) -> None:
    """Ask for a training because nothing that the series has can be opened, as where artifacts were tampered with."""
    now = newest_at(series.station)
    if now is not None and may_train(series, now, Reason.UPGRADE):
        runs.request(series, Reason.UPGRADE, why)


def may_train(series: Series, now: datetime, reason: str) -> bool:
    """Whether the cooldown and the day's allowance leave room, and none is under way.

    After an upgrade nothing is scored until there is a model that opens: trainings before it are no reason to wait.
    """
    of_series = TrainingRun.objects.filter(series=series.key)
    if of_series.filter(state__in=TrainingRun.OPEN).exists():
        return False
    if reason == Reason.UPGRADE:
        of_series = of_series.filter(reason=reason)
    lately = [at for at in of_series.values_list("data_until", flat=True)[: MOST_A_DAY + 1] if at and at <= now]
    return all(now - at >= COOLDOWN for at in lately) and sum(now - at < DAY for at in lately) < MOST_A_DAY


def due(series: Series, now: datetime) -> Wish | None:
    """The first trigger that holds."""
    champion = ModelVersion.objects.filter(series=series.key, number=series.champion).defer("band", "calibration")
    version = champion.first()
    if version is None:  # it was deleted, and nothing that could be opened took its place
        return Wish(Reason.UPGRADE, f"Version {series.champion} is not there any more.")
    return (
        _outgrown(version)
        or _drifted(series, version, now)
        or _degraded(series, now)
        or _in_its_time(series, version, now)
    )


def _outgrown(version: ModelVersion) -> Wish | None:
    why = cannot_open(version.libraries)
    return Wish(Reason.UPGRADE, f"Version {version.number} {why}.") if why else None


def _drifted(series: Series, version: ModelVersion, now: datetime) -> Wish | None:
    """Drift that no training has answered yet, once enough was read after it."""
    report = DriftReport.objects.filter(series=series.key, is_new=True, at__gte=now - RECENT).first()
    if report is None or version.trained_from >= (report.since or report.at):
        return None
    tried = TrainingRun.objects.filter(series=series.key, reason=Reason.DRIFT, data_until__gte=report.at)
    if report.reason not in LEVELS:
        return None if tried.exists() or version.trained_to >= report.at else Wish(Reason.DRIFT, report.sentence)
    since = report.since or report.at
    if now - since < SETTLING or tried.filter(data_until__gt=now - RETRY).exists():
        return None
    return Wish(Reason.DRIFT, report.sentence, since)


def _degraded(series: Series, now: datetime) -> Wish | None:
    sentence = degradation(series, now)
    return Wish(Reason.DEGRADATION, sentence) if sentence and not _lately(series, Reason.DEGRADATION, now) else None


def _lately(series: Series, reason: str, now: datetime) -> bool:
    tried = TrainingRun.objects.filter(series=series.key, reason=reason, data_until__gt=now - RETRY)
    return tried.exists()


def _in_its_time(series: Series, version: ModelVersion, now: datetime) -> Wish | None:
    """A challenger that watches is let finish: each training would put another in its place."""
    return None if registry.watches(series) else _grown(series, version, now) or _scheduled(series, version, now)


def _grown(series: Series, version: ModelVersion, now: datetime) -> Wish | None:
    share = (now - version.trained_from) / max(version.trained_to - version.trained_from, DAY)
    if share < GROWTH or _lately(series, Reason.NEW_DATA, now):
        return None
    return Wish(
        Reason.NEW_DATA, f"The readings reach over {share:.1f} times the span that version {version.number} has seen."
    )


def _scheduled(series: Series, version: ModelVersion, now: datetime) -> Wish | None:
    every = timedelta(days=series.retrain_days)
    last = TrainingRun.objects.filter(series=series.key, data_until__lte=now).order_by("-data_until").first()
    seen = max([version.trained_to, *([last.data_until] if last else [])])
    if now - seen < every:
        return None
    come = registry.days(round((now - seen) / DAY, 1))
    return Wish(Reason.SCHEDULE, f"Readings of {come} have come since the last training.")
