"""From judged readings to anomalies: events that open, last and close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError
from django.db.models import F

from detection.analysis.kinds import kind_of
from detection.analysis.severity import FAULT_AT_MOST, severity
from detection.analysis.similar import Past, nearest
from detection.live import explain
from detection.live.band import BandPoint
from detection.models import Anomaly, Series
from ingestion.models import Station

if TYPE_CHECKING:
    import pandas as pd

STAYS_OPEN = 0.1  # of the rarity that opens an event keeps it open: it does not flicker at the threshold
USUAL_DAYS = 1.0  # what is seen daily keeps no event open, however low the bar is
QUIET_TO_CLOSE = 3  # intervals in a row
VOTE_FROM = 0.7  # a detector with this share of the highest surprise voted for the event
REMEMBERED = 240  # readings of one event, and …
EARLIER = 100  # … events of a series that a new one is compared with
DIGITS = 3
NOT_OURS = {"id", "revision", "processed_revision", "review", "review_note", "reviewed_by", "reviewed_at"}
Keep = Callable[[Anomaly], Anomaly | None]


@dataclass(frozen=True, slots=True)
class Judged:
    """One reading with what was expected and how rare it is."""

    at: datetime
    value: float
    point: BandPoint | None
    days_between: float
    score: float
    votes: dict[str, float]
    version: int
    aqi: int | None
    fault: str | None = None  # the kind of fault, where the quality rules doubt the value for a broken sensor

    def as_document(self) -> dict[str, Any]:
        """As it stands in Reading.scores."""
        band = (
            {name: round(getattr(self.point, name), 3) for name in ("expected", "lower", "upper")} if self.point else {}
        )
        return {**band, "score": round(self.score, 5), "days": round(self.days_between, 2), "version": self.version}


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
        if anomaly is not None and one.at <= anomaly.last_at:
            continue
        if anomaly is not None and _belongs(anomaly, series, one, stays):
            _take_in(anomaly, station, one, frame)
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
    return not _is_by_rule(anomaly) and _is_alarm(series, one, days)


def _is_over(anomaly: Anomaly, station: Station, one: Judged, *, alarm: bool) -> bool:
    """After a quiet while; at once where the sensor is well enough to tell of the air."""
    quiet = one.at - anomaly.last_at >= QUIET_TO_CLOSE * station.expected_interval
    return quiet or (alarm and not one.fault)


def _is_by_rule(anomaly: Anomaly) -> bool:
    """Whether the quality rules have found it, which know no rarity."""
    return anomaly.days_between is None


def _is_alarm(series: Series, one: Judged, days: float) -> bool:
    if one.fault:
        return True
    if series.hard_max is not None and one.value > series.hard_max:
        return True
    if series.hard_min is not None and one.value < series.hard_min:
        return True
    return one.days_between >= days


def _open(series: Series, station: Station, one: Judged, frame: pd.DataFrame | None, keep: Keep) -> Anomaly | None:
    anomaly = Anomaly(series=series.key, station=series.station, variable=series.variable, start=one.at, score=-1.0)
    _take_in(anomaly, station, one, frame)
    return keep(anomaly) if anomaly.severity >= series.severity_floor else None


def _store(anomaly: Anomaly) -> Anomaly | None:
    """Into the database, without touching what alerts and officers write there meanwhile."""
    if anomaly.pk:
        own = {field.attname: getattr(anomaly, field.attname) for field in Anomaly._meta.fields}
        values = {name: value for name, value in own.items() if name not in NOT_OURS}
        Anomaly.objects.filter(pk=anomaly.pk).update(**values, revision=F("revision") + 1)
        return anomaly
    try:
        anomaly.save()
    except IntegrityError:  # it was opened before, by another process or before a correction: go on with that one
        return Anomaly.objects.filter(series=anomaly.series, start=anomaly.start, end=None).first()
    return anomaly


def _take_in(anomaly: Anomaly, station: Station, one: Judged, frame: pd.DataFrame | None) -> None:
    """Let a reading belong to the event, and describe the event anew."""
    anomaly.last_at = one.at
    votes = {name: round(vote, DIGITS) for name, vote in one.votes.items()}
    readings = [*anomaly.details.get("readings", []), {"value": one.value, "votes": votes}][-REMEMBERED:]
    anomaly.details = {"readings": readings}
    if one.score > anomaly.score:
        _take_peak(anomaly, one, votes)
    _describe(anomaly, station, one.aqi, frame)


def _take_peak(anomaly: Anomaly, one: Judged, votes: dict[str, float]) -> None:
    """The most unusual reading stands for the event."""
    highest = max(votes.values(), default=0.0)
    anomaly.voters = {name: vote for name, vote in votes.items() if vote >= VOTE_FROM * highest > 0}
    anomaly.peak_at, anomaly.value, anomaly.score = one.at, one.value, one.score
    anomaly.days_between, anomaly.model_version = one.days_between, one.version
    if one.fault:
        anomaly.kind, anomaly.days_between = one.fault, None
    if one.point:
        anomaly.expected, anomaly.lower, anomaly.upper = one.point.expected, one.point.lower, one.point.upper


def _describe(anomaly: Anomaly, station: Station, aqi: int | None, frame: pd.DataFrame | None) -> None:
    """Kind, severity and the sentence; for what the detectors found, company and similar events too."""
    if _is_by_rule(anomaly):
        anomaly.is_fault, anomaly.severity = True, FAULT_AT_MOST
    else:
        _describe_found(anomaly, station, aqi, frame)
    anomaly.explanation, anomaly.explanation_ur = explain.sentences(anomaly, station)


def _describe_found(anomaly: Anomaly, station: Station, aqi: int | None, frame: pd.DataFrame | None) -> None:
    if frame is not None:
        anomaly.details |= {"company": _company(anomaly, frame), "similar": _similar(anomaly)}
    inside = anomaly.lower is not None and anomaly.lower <= anomaly.value <= anomaly.upper
    confirmed = anomaly.details.get("company", {}).get("confirmed")
    votes = [reading["votes"] for reading in anomaly.details["readings"]]
    kind = kind_of(votes, station.expected_interval, confirmed=confirmed, inside_band=inside)
    falls = anomaly.expected is not None and anomaly.value < anomaly.expected
    anomaly.kind, anomaly.is_fault = kind.name, kind.is_fault
    anomaly.severity = severity(anomaly.days_between or 0.0, aqi, is_fault=kind.is_fault, falls=falls)


def _company(anomaly: Anomaly, frame: pd.DataFrame) -> dict[str, Any]:
    """What the other variables did meanwhile."""
    from detection.analysis.companions import company

    others = company(frame, anomaly.variable, anomaly.start, anomaly.last_at)
    return {**asdict(others), "confirmed": others.confirmed}


def _similar(anomaly: Anomaly) -> list[dict[str, Any]]:
    """The start and distance of the most similar earlier events of the series, nearest first."""
    earlier = Anomaly.objects.filter(series=anomaly.series, start__lt=anomaly.start).order_by("-start")[:EARLIER]
    past = [Past(one.start.isoformat(), _values(one)) for one in earlier]
    return [{"start": start, "distance": distance} for start, distance in nearest(_values(anomaly), past)]


def _values(anomaly: Anomaly) -> list[float]:
    return [reading["value"] for reading in anomaly.details.get("readings", [])]
