"""Judging new readings against the champions, in the worker."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any

from aqi_project import clock
from aqi_project.clock import DAY
from detection import frames
from detection.calibration.tail import usual_share
from detection.detectors.ensemble import Ensemble, Tally
from detection.live import alarm_rate
from detection.live.band import Band, BandPoint, OutsideBandError
from detection.live.events.faults import judged_fault
from detection.live.events.judgement import Judged
from detection.live.events.lifespan import follow
from detection.live.pending import mark, pending
from detection.models import Anomaly, ModelVersion, Series
from detection.signals import anomalies_changed, unusable
from detection.versions import artifacts, registry
from detection.versions.artifacts import ArtifactError
from ingestion.models import Station

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)
MODELS_IN_MEMORY = 64
Scores = dict[datetime, dict[str, Any]]
History = Callable[[datetime], "pd.DataFrame"]  # the station's readings and its neighbours' since then


def score_station(slug: str) -> int:
    """Score every reading of a station that has changed since it was last scored; returns how many."""
    found = pending(slug)
    if not found:
        return 0
    station = Station.objects.get(slug=slug)
    scores: Scores = {document["at"]: {} for document in found}
    changed = False
    history = cache(partial(frames.with_neighbours, station))
    for series in Series.objects.filter(station=slug, is_active=True).exclude(champion=None):
        changed |= _score_or_step_back(series, station, found, scores, history)
    mark(found, scores)
    if changed:
        anomalies_changed.send(sender=Anomaly, station=slug)
    return len(found)


def _score_or_step_back(
    series: Series, station: Station, found: list[dict[str, Any]], scores: Scores, history: History
) -> bool:
    """Score one series by its champion; where that cannot be opened, by the newest earlier version that can.

    Where there is none, `unusable` is sent, and a training is asked for.
    """
    try:
        return _score_series(series, station, found, scores, history)
    except ArtifactError as error:
        log.error("%s is not scored by version %d: %s", series.key, series.champion, error)
        if registry.step_back(series, str(error)) is None:
            unusable.send(sender=Series, series=series, why=str(error))
            return False
        return _score_series(series, station, found, scores, history)


def _score_series(
    series: Series, station: Station, found: list[dict[str, Any]], scores: Scores, history: History
) -> bool:
    """Score one series into `scores` and follow its anomaly; returns whether that changed."""
    ensemble, band = model(series.pk, series.key, series.champion)
    first = clock.aware(found[0]["at"])
    frame = history(first - ensemble.memory - DAY)
    if series.variable not in frame:
        return False
    frame = frames.of_series(frame, series.variable)
    rows = int((frame.index >= first).sum())
    tallies = dict(zip(frame.index[-rows:], ensemble.judge(frame, rows), strict=True))
    judged = list(_judged(series, station, ensemble, band, found, tallies))
    for one in judged:
        if not one.fault and tallies[one.at].told:
            scores[clock.naive(one.at)][series.variable] = one.as_document()
    changed = follow(series, station, judged, frame)
    if changed:
        alarm_rate.hold(series.key)
    return changed


def _judged(
    series: Series,
    station: Station,
    ensemble: Ensemble,
    band: Band,
    found: Iterable[dict[str, Any]],
    tallies: dict[pd.Timestamp, Tally],
) -> Iterable[Judged]:
    per_day = DAY / station.expected_interval
    for document in found:
        at = clock.aware(document["at"])
        value, flag = (document[part].get(series.variable) for part in ("values", "flags"))
        if value is None:
            continue
        point = _point(band, at)
        if not flag:
            days = ensemble.days_between(tallies[at].surprise)
            score, votes = usual_share(days, per_day), tallies[at].votes
            record = ensemble.total.days
            yield Judged(at, value, point, days, score, votes, series.champion, document["aqi"], record)
        elif fault := judged_fault(flag, at, value, point, series.champion):
            yield fault


def _point(band: Band, at: datetime) -> BandPoint | None:
    try:
        return band.at(at)
    except OutsideBandError:
        return None


@lru_cache(maxsize=MODELS_IN_MEMORY)
def model(owner: Any, key: str, number: int) -> tuple[Ensemble, Band]:
    """The detectors and the band of a version; versions never change, so they stay in memory.

    `owner`: the id of the series, because a key may become another's (serving.py). Raises ArtifactError.
    """
    version = ModelVersion.objects.filter(series=key, number=number).first()
    if version is None:
        raise ArtifactError(f"Version {number} of {key} is not there any more.")
    return Ensemble.load(artifacts.load_detectors(key, number), version.calibration), Band(version.band)
