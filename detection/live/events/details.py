"""What an event says of itself, anew with each reading that belongs to it: peak, kind, severity, company, sentence."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from detection.analysis.kinds import FAULTS, SURE, WIDESPREAD, kind_of
from detection.analysis.severity import FAULT_AT_MOST, severity
from detection.analysis.similar import Past, nearest
from detection.live.events import explain
from detection.live.events.judgement import Judged
from detection.models import Anomaly
from ingestion.models import Station

if TYPE_CHECKING:
    import pandas as pd

VOTE_FROM = 0.7  # a detector with this share of the highest surprise voted for the event
REMEMBERED = 240  # readings of one event, of which so many …
FIRST = 24  # … are its first, which say how it began, and …
EARLIER = 100  # … events of a series that a new one is compared with
SAYS = {kind: detector for detector, kind in FAULTS.items()}  # whose word a quality rule's is as good as
DIGITS = 3
UNTOLD = -1.0  # the score of an event without a peak
Entry = dict[str, Any]  # of a reading in the event's details: JSON


def take_in(anomaly: Anomaly, station: Station, one: Judged, frame: pd.DataFrame | None) -> None:
    """Let a reading belong to the event, and describe the event anew."""
    anomaly.last_at = one.at
    readings = [*_readings(anomaly), _entry(one)]
    if len(readings) > REMEMBERED:
        del readings[FIRST : len(readings) - REMEMBERED + FIRST]
    _tell(anomaly, station, readings, frame)


def correct(anomaly: Anomaly, station: Station, one: Judged, frame: pd.DataFrame | None, *, belongs: bool) -> bool:
    """Tell the event anew where one of its values was another; returns whether it was.

    A reading that does not belong any more leaves the event. One of which nothing is left is over: it stays as it was
    told, because it was told, and says that it was corrected.
    """
    at, readings = one.at.isoformat(), _readings(anomaly)
    told = next((entry for entry in readings if entry["at"] == at), None)
    if told is None or told["value"] == one.value:
        return False
    left = [_entry(one) if entry is told else entry for entry in readings if belongs or entry is not told]
    if not left:
        anomaly.end = anomaly.last_at
        anomaly.explanation, anomaly.explanation_ur = explain.corrected(anomaly)
        return True
    if anomaly.peak_at == one.at:
        anomaly.score = UNTOLD
    _tell(anomaly, station, left, frame)
    return True


def _entry(one: Judged) -> Entry:
    votes = {name: round(vote, DIGITS) for name, vote in one.votes.items()}
    own = {"at": one.at.isoformat(), "value": one.value, "votes": votes, "aqi": one.aqi, "fault": one.fault}
    return {**one.as_document(), **own, "score": one.score, "days": one.days_between, "record": one.record_days}


def _readings(anomaly: Anomaly) -> list[Entry]:
    found: list[Entry] = anomaly.details.get("readings", [])
    return found


def _tell(anomaly: Anomaly, station: Station, readings: list[Entry], frame: pd.DataFrame | None) -> None:
    anomaly.details = {"readings": readings}
    for entry in readings:
        if entry["score"] > anomaly.score:
            _take_peak(anomaly, entry)
    _describe(anomaly, station, readings[-1]["aqi"], frame)


def _take_peak(anomaly: Anomaly, entry: Entry) -> None:
    """The most unusual reading stands for the event."""
    highest = max(entry["votes"].values(), default=0.0)
    anomaly.voters = {name: vote for name, vote in entry["votes"].items() if vote >= VOTE_FROM * highest > 0}
    anomaly.peak_at, anomaly.value, anomaly.score = datetime.fromisoformat(entry["at"]), entry["value"], entry["score"]
    anomaly.model_version = entry["version"]
    anomaly.days_between, anomaly.record_days = entry["days"], entry.get("record")  # unknown to events of before
    if entry["fault"]:
        anomaly.kind, anomaly.days_between = entry["fault"], None
    if "expected" in entry:
        anomaly.expected, anomaly.lower, anomaly.upper = entry["expected"], entry["lower"], entry["upper"]


def _describe(anomaly: Anomaly, station: Station, aqi: int | None, frame: pd.DataFrame | None) -> None:
    """Kind, severity and the sentence; for what the detectors found, company and similar events too."""
    if anomaly.is_by_rule:
        anomaly.is_fault, anomaly.severity = True, FAULT_AT_MOST
    else:
        _describe_found(anomaly, station, aqi, frame)
    if frame is not None:  # nobody reads what a rehearsal would say, and each sentence asks the database twice
        anomaly.explanation, anomaly.explanation_ur = explain.sentences(anomaly, station)


def _describe_found(anomaly: Anomaly, station: Station, aqi: int | None, frame: pd.DataFrame | None) -> None:
    if frame is not None:
        anomaly.details["company"] = _company(anomaly, frame)
    inside = anomaly.lower is not None and anomaly.lower <= anomaly.value <= anomaly.upper
    others = anomaly.details.get("company", {})
    votes = [_votes(reading) for reading in _readings(anomaly)]
    kind = kind_of(
        votes,
        station.expected_interval,
        lasts=anomaly.last_at - anomaly.start + station.expected_interval,
        confirmed=others.get("confirmed"),
        inside_band=inside,
        widespread=others.get("looks_like") == WIDESPREAD,
        is_pollutant=anomaly.is_of_pollutant,
    )
    falls = anomaly.is_of_pollutant and anomaly.expected is not None and anomaly.value < anomaly.expected
    anomaly.kind, anomaly.is_fault = kind.name, kind.is_fault
    if frame is not None:
        anomaly.details["similar"] = _similar(anomaly)
    index = aqi if anomaly.is_of_pollutant else None
    anomaly.severity = severity(anomaly.days_between or 0.0, index, is_fault=kind.is_fault, falls=falls)


def _votes(reading: Entry) -> dict[str, float]:
    """A quality rule has doubted the value before any detector saw it, and says so in the detector's place."""
    votes: dict[str, float] = {SAYS[reading["fault"]]: SURE} if reading["fault"] else reading["votes"]
    return votes


def _company(anomaly: Anomaly, frame: pd.DataFrame) -> dict[str, Any]:
    """What the other variables did meanwhile."""
    from detection.analysis.companions import company

    return asdict(company(frame, anomaly.variable, anomaly.start, anomaly.last_at))


def _similar(anomaly: Anomaly) -> list[dict[str, Any]]:
    """The start and distance of the most similar earlier events of the series, nearest first; faults beside faults."""
    earlier = Anomaly.objects.filter(series=anomaly.series, is_fault=anomaly.is_fault, start__lt=anomaly.start)
    past = [Past(one.start.isoformat(), _values(one)) for one in earlier.order_by("-start")[:EARLIER]]
    return [{"start": start, "distance": distance} for start, distance in nearest(_values(anomaly), past)]


def _values(anomaly: Anomaly) -> list[float]:
    return [reading["value"] for reading in _readings(anomaly)]
