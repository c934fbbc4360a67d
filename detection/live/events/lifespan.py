"""From judged readings to anomalies: events that open, last and close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError
from django.db.models import F

from detection.live.events.details import UNTOLD, correct, take_in
from detection.live.events.judgement import Judged
from detection.live.predict import broken_limit
from detection.models import Anomaly, Series
from ingestion.models import Station

if TYPE_CHECKING:
    import pandas as pd

STAYS_OPEN = 0.1  # of the rarity that opens an event keeps it open: it does not flicker at the threshold
USUAL_DAYS = 1.0  # what is seen daily keeps no event open, however low the bar is
QUIET_TO_CLOSE = 3  # intervals in a row, and …
EPISODE = timedelta(hours=3)  # … as long as between two alarms that the calibration counts as one
NOT_OURS = {"id", "revision", "processed_revision", "review", "review_note", "reviewed_by", "reviewed_at"}
Keep = Callable[[Anomaly], Anomaly | None]


def follow(series: Series, station: Station, judged: Sequence[Judged], frame: pd.DataFrame | None = None) -> bool:
    """Open, extend and close the series' anomaly along judged readings, which are in order of time.

    `frame` holds the station's readings around them: what the other variables did. Readings that are judged again
    inside an event that is over belong to it, and open no second one. Returns whether an anomaly changed.
    """
    anomaly = Anomaly.objects.filter(series=series.key, end=None).order_by("-start").first()
    return walk(series, station, _outside_of_past(series, judged), frame, anomaly, _store)


def _outside_of_past(series: Series, judged: Sequence[Judged]) -> list[Judged]:
    if not judged:
        return []
    spans = list(Anomaly.objects.filter(series=series.key, end__gte=judged[0].at).values_list("start", "end"))
    return [one for one in judged if not any(start <= one.at <= end for start, end in spans)]


def walk(
    series: Series,
    station: Station,
    judged: Sequence[Judged],
    frame: pd.DataFrame | None,
    anomaly: Anomaly | None,
    keep: Keep,
) -> bool:
    """The decisions of `follow`, from an open anomaly or none; `keep` takes each change. Whether there was one.

    Without a frame (a rehearsal in a web process) nothing is said of the other variables.
    """
    wanted = series.alarm_days
    stays = max(wanted * STAYS_OPEN, min(wanted, USUAL_DAYS))
    changed = False
    for one in judged:
        if anomaly is not None and anomaly.end is not None and one.at > anomaly.end:  # another scorer has closed it
            anomaly = None
        if anomaly is not None and one.at <= anomaly.last_at:
            if correct(anomaly, station, one, frame, belongs=_belongs(anomaly, series, one, stays)):
                keep(anomaly)
                anomaly, changed = None if anomaly.end else anomaly, True
            continue
        if anomaly is not None and _belongs(anomaly, series, one, stays):
            take_in(anomaly, station, one, frame)
            keep(anomaly)
            changed = True
            continue
        alarm = _is_alarm(series, one, wanted)
        if anomaly is not None and _is_over(anomaly, station, one, alarm=alarm):
            anomaly.end = anomaly.last_at
            keep(anomaly)
            anomaly, changed = None, True
        if anomaly is None and alarm:
            anomaly = _open(series, station, one, frame, keep)
            changed |= anomaly is not None
    return changed


def _belongs(anomaly: Anomaly, series: Series, one: Judged, days: float) -> bool:
    """A doubted value is no part of an event of the air, nor an alarm about the air of one that doubts have opened."""
    if one.fault:
        return bool(anomaly.is_fault)
    return not anomaly.is_by_rule and _is_alarm(series, one, days)


def _is_over(anomaly: Anomaly, station: Station, one: Judged, *, alarm: bool) -> bool:
    """After a quiet while; at once where the sensor is well enough to tell of the air."""
    least = timedelta() if anomaly.is_by_rule else EPISODE
    quiet = one.at - anomaly.last_at >= max(QUIET_TO_CLOSE * station.expected_interval, least)
    return quiet or (alarm and not one.fault)


def _is_alarm(series: Series, one: Judged, days: float) -> bool:
    return bool(one.fault) or broken_limit(series, one.value) is not None or one.days_between >= days


def _open(series: Series, station: Station, one: Judged, frame: pd.DataFrame | None, keep: Keep) -> Anomaly | None:
    anomaly = Anomaly(series=series.key, station=series.station, variable=series.variable, start=one.at, score=UNTOLD)
    take_in(anomaly, station, one, frame)
    return keep(anomaly) if anomaly.severity >= series.severity_floor else None


def _store(anomaly: Anomaly) -> Anomaly | None:
    """Into the database, without touching what alerts and officers write there meanwhile.

    Nor is anything taken back that another scorer, who knew a later reading, has made of the event.
    """
    if anomaly.pk:
        own = {field.attname: getattr(anomaly, field.attname) for field in Anomaly._meta.fields}
        values = {name: value for name, value in own.items() if name not in NOT_OURS}
        not_further = Anomaly.objects.filter(pk=anomaly.pk, end=None, last_at__lte=anomaly.last_at)
        not_further.update(**values, revision=F("revision") + 1)
        return anomaly
    try:
        anomaly.save()
    except IntegrityError:  # it was opened before, by another process or before a correction: go on with that one
        return Anomaly.objects.filter(series=anomaly.series, start=anomaly.start).first()
    return anomaly
