"""The detectors of one series together: each score made comparable by how rare it was, the rarest decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log10
from typing import TYPE_CHECKING, Any

from detection.rarity import Tail

if TYPE_CHECKING:
    import pandas as pd

    from detection.detectors import Detector

USUAL = ("prophet_band", "isolation_forest", "same_hour_mad", "flatline", "dropout")
FAULTS = ("flatline", "dropout", "out_of_range")
CALIBRATED_ON = timedelta(days=182)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the detectors say of one reading: the surprise (log10 of days between), and each one's share of it."""

    surprise: float
    votes: dict[str, float]

    @property
    def days_between(self) -> float:
        return float(10.0**self.surprise)


class Watch:
    """Fitted detectors with the tails of their scores."""

    def __init__(self, detectors: Mapping[str, Detector], tails: Mapping[str, Tail], total: Tail) -> None:
        self.detectors = detectors
        self.tails = tails
        self.total = total

    @classmethod
    def fit(cls, frame: pd.DataFrame, target: str, kinds: Sequence[str], interval: timedelta, zone: str) -> Watch:
        """Fit the detectors on a frame and calibrate them on its newest half year."""
        from detection.detectors import create

        detectors = {kind: create(kind, target, interval=interval, zone=zone).fit(frame) for kind in kinds}
        days = min(CALIBRATED_ON, frame.index[-1] - frame.index[0]) / DAY
        rows = int((frame.index > frame.index[-1] - CALIBRATED_ON).sum())
        tails = {kind: Tail.of(one.score(frame)[-rows:].tolist(), days) for kind, one in detectors.items()}
        watch = cls(detectors, tails, Tail((), days))
        watch.total = Tail.of((verdict.surprise for verdict in watch.judge(frame, rows)), days)
        return watch

    def judge(self, frame: pd.DataFrame, rows: int) -> list[Verdict]:
        """Verdicts on the newest `rows` rows of a frame that reaches back far enough for each detector."""
        scores = {kind: one.score_newest(frame, rows).tolist() for kind, one in self.detectors.items()}
        return [self._verdict({kind: column[row] for kind, column in scores.items()}) for row in range(rows)]

    def _verdict(self, scores: Mapping[str, float]) -> Verdict:
        votes = {kind: surprise(self.tails[kind], score) for kind, score in scores.items()}
        return Verdict(max(votes.values(), default=0.0), votes)

    @property
    def memory(self) -> timedelta:
        """How much history before the newest rows the detectors need."""
        return max(one.memory for one in self.detectors.values())

    def dump(self) -> dict[str, Any]:
        """The calibration as plain data; the detectors are stored as artifacts."""
        return {"tails": {kind: tail.dump() for kind, tail in self.tails.items()}, "total": self.total.dump()}

    @classmethod
    def load(cls, detectors: Mapping[str, Detector], document: Mapping[str, Any]) -> Watch:
        tails = {kind: Tail.load(tail) for kind, tail in document["tails"].items()}
        return cls(detectors, tails, Tail.load(document["total"]))


def surprise(tail: Tail, score: float) -> float:
    """log10 of the days between scores as high; 0 for what is seen daily or is not known."""
    days = tail.days_between(score)
    return max(0.0, log10(days)) if days > 0 else 0.0
