"""From judged readings to anomalies: events that open, last and close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from detection import explain
from detection.band import BandPoint
from detection.models import Anomaly, Series, Severity
from detection.signals import anomalies_changed
from detection.watch import FAULTS
from ingestion.models import Station

DAYS_A_MONTH = 30.0
STAYS_OPEN = 0.1  # of the rarity that opens an event keeps it open: it does not flicker at the threshold
QUIET_TO_CLOSE = 3  # intervals in a row
SHIFT_AFTER = 12  # intervals: what lasts longer is no spike
RARE_DAYS = ((Severity.EXTREME, 365.0), (Severity.SEVERE, 120.0), (Severity.MODERATE, 45.0), (Severity.MINOR, 20.0))
HARMFUL_AQI = ((2, 300), (1, 200))  # so much more severe from this index on
VOTE_FROM = 0.7  # a detector with this share of the highest surprise voted for the event
KINDS = {
    "flatline": Anomaly.Kind.STUCK,
    "dropout": Anomaly.Kind.DROPOUT,
    "out_of_range": Anomaly.Kind.OUT_OF_RANGE,
    "isolation_forest": Anomaly.Kind.OUT_OF_PATTERN,
}


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

    def as_document(self) -> dict[str, Any]:
        """As it stands in Reading.scores."""
        band = (
            {name: round(getattr(self.point, name), 3) for name in ("expected", "lower", "upper")} if self.point else {}
        )
        return {**band, "score": round(self.score, 5), "days": round(self.days_between, 2), "version": self.version}


def follow(series: Series, station: Station, judged: Sequence[Judged]) -> None:
    """Open, extend and close the series' anomaly along judged readings, which are in order of time."""
    wanted = DAYS_A_MONTH / series.false_alarms_per_month
    anomaly = Anomaly.objects.filter(series=series.key, end=None).order_by("-start").first()
    changed = False
    for one in judged:
        if anomaly is None:
            anomaly = _open(series, station, one) if _is_alarm(series, one, wanted) else None
        elif one.at <= anomaly.last_at:
            continue
        elif _is_alarm(series, one, wanted * STAYS_OPEN):
            _extend(anomaly, station, one)
        elif (one.at - anomaly.last_at) >= QUIET_TO_CLOSE * station.expected_interval:
            _save(anomaly, end=anomaly.last_at)
            anomaly = None
        else:
            continue
        changed = True
    if changed:
        anomalies_changed.send(sender=Anomaly, series=series.key)


def _is_alarm(series: Series, one: Judged, days: float) -> bool:
    if series.hard_max is not None and one.value > series.hard_max:
        return True
    if series.hard_min is not None and one.value < series.hard_min:
        return True
    return one.days_between >= days


def _open(series: Series, station: Station, one: Judged) -> Anomaly | None:
    anomaly = Anomaly(series=series.key, station=series.station, variable=series.variable, start=one.at)
    _take_peak(anomaly, station, one)
    if anomaly.severity < series.severity_floor:
        return None
    anomaly.last_at = one.at
    try:
        anomaly.save()
    except IntegrityError:  # another process opened it; the next reading goes on with that one
        return Anomaly.objects.get(series=series.key, start=one.at)
    return anomaly


def _extend(anomaly: Anomaly, station: Station, one: Judged) -> None:
    if one.score > anomaly.score:
        _take_peak(anomaly, station, one)
    if anomaly.kind == Anomaly.Kind.SPIKE and one.at - anomaly.start >= SHIFT_AFTER * station.expected_interval:
        anomaly.kind = Anomaly.Kind.LEVEL_SHIFT
    _save(anomaly, last_at=one.at)


def _save(anomaly: Anomaly, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(anomaly, name, value)
    anomaly.revision += 1
    anomaly.save()


def _take_peak(anomaly: Anomaly, station: Station, one: Judged) -> None:
    """Describe the event by its most unusual reading."""
    highest = max(one.votes.values(), default=0.0)
    voters = {name: round(vote, 2) for name, vote in one.votes.items() if vote >= VOTE_FROM * highest > 0}
    top = max(voters, key=lambda name: voters[name], default="")
    anomaly.kind = KINDS.get(top, Anomaly.Kind.SPIKE)
    anomaly.is_fault = top in FAULTS
    anomaly.peak_at, anomaly.value, anomaly.score = one.at, one.value, one.score
    anomaly.days_between, anomaly.model_version, anomaly.voters = one.days_between, one.version, voters
    if one.point:
        anomaly.expected, anomaly.lower, anomaly.upper = one.point.expected, one.point.lower, one.point.upper
    anomaly.severity = severity(one.days_between, None if anomaly.is_fault else one.aqi)
    anomaly.explanation, anomaly.explanation_ur = explain.sentences(anomaly, station)


def severity(days_between: float, aqi: int | None) -> int:
    """How rare it is, raised where the air is harmful."""
    rare = next((level for level, days in RARE_DAYS if days_between >= days), Severity.INFO)
    harm = next((more for more, index in HARMFUL_AQI if aqi is not None and aqi > index), 0)
    return min(Severity.EXTREME, rare + harm)
