"""What an event says of itself, anew with each reading that belongs to it: peak, kind, severity, company, sentence."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from detection.analysis.kinds import kind_of
from detection.analysis.severity import FAULT_AT_MOST, severity
from detection.analysis.similar import Past, nearest
from detection.live import explain
from detection.live.judgement import Judged
from detection.models import Anomaly
from ingestion.models import Station

if TYPE_CHECKING:
    import pandas as pd

VOTE_FROM = 0.7  # a detector with this share of the highest surprise voted for the event
REMEMBERED = 240  # readings of one event, and …
EARLIER = 100  # … events of a series that a new one is compared with
DIGITS = 3


def take_in(anomaly: Anomaly, station: Station, one: Judged, frame: pd.DataFrame | None) -> None:
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
    if anomaly.is_by_rule:
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
