"""The detectors of one series together: each score made comparable by how rare it was, the rarest decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import isfinite, log, log10
from typing import TYPE_CHECKING, Any

import numpy as np

from detection.analysis.kinds import FAULTS
from detection.calibration.tail import SMALLEST_SCALE, Tail
from detection.calibration.threshold import episode_levels
from detection.detector_registry import ESSENTIAL

if TYPE_CHECKING:
    import pandas as pd

    from detection.detectors import Detector

USUAL = (
    "prophet_band",
    "one_step",
    "isolation_forest",
    "same_hour_mad",
    "flatline",
    "dropout",
    "out_of_range",
    "neighbours",
    "companions",
    "learned",
)
LEARNERS = ("learned", "gradient_boosting_residual")  # must not be calibrated on what they have learnt
SEASONAL = ("prophet_band",)  # need all years that there are; the others know enough from the newest
CALIBRATED_SHARE = 1 / 3  # of a history, where that is less than CALIBRATED_ON
# These decide beside what was learnt, the others only vote. By so many powers of ten they must be rarer, because their
# usual alarms would drown those of what was learnt.
RULES_MUST_BE = dict.fromkeys(("one_step", *FAULTS), 2.0)
GROWN_UP = timedelta(days=91)  # of calibration: what was learnt on less than twice as much is not trusted alone
# Scores of these are logarithms that were mostly zero: one unit more is taken as at least a tenth of the days.
LEAST_SCALES = dict.fromkeys(("flatline", "dropout"), 1 / log(10))
OF_CHANCE = ("flatline",)  # whose scores are −log10 of the probability that a reading scores so by chance
LEAST = -1.0  # log10 of days: less than any surprise that the tails can tell
CALIBRATED_ON = timedelta(days=182)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Tally:
    """What the detectors say of one reading: the surprise (log10 of days between), and each one's share of it.

    `told`: whether any of them had something to say; of further readings within an interval none has.
    """

    surprise: float
    votes: dict[str, float]
    told: bool = True


class Ensemble:
    """Fitted detectors with the tails of their scores."""

    def __init__(self, detectors: Mapping[str, Detector], tails: Mapping[str, Tail], total: Tail) -> None:
        self.detectors = detectors
        self.tails = tails
        self.total = total

    @classmethod
    def fit(
        cls,
        frame: pd.DataFrame,
        target: str,
        kinds: Sequence[str],
        interval: timedelta,
        zone: str,
        recent: timedelta | None = None,
    ) -> Ensemble:
        """Fit the detectors on a frame and calibrate them on its newest part, half a year at most.

        All but those of SEASONAL learn from the newest `recent` of it alone.
        """
        from detection.detectors.sure_faults import without_faulty_days

        whole = without_faulty_days(frame, target, interval)
        frame = whole if recent is None else whole.loc[whole.index[-1] - recent :]
        span = frame.index[-1] - frame.index[0]
        held_out = min(CALIBRATED_ON, span * CALIBRATED_SHARE)
        older = frame.loc[: frame.index[-1] - held_out]
        rows, days = len(frame) - len(older), held_out / DAY
        learnt_from = dict.fromkeys(SEASONAL, whole) | dict.fromkeys(LEARNERS, older)
        settings = {"interval": interval, "zone": zone}
        detectors = {kind: fitted(kind, target, learnt_from.get(kind, frame), settings) for kind in kinds}
        there = {kind: one for kind, one in detectors.items() if one is not None}
        scores = {kind: one.score_newest(frame, rows).tolist() for kind, one in there.items()}
        tails = {kind: Tail.of(found, days, LEAST_SCALES.get(kind, SMALLEST_SCALE)) for kind, found in scores.items()}
        ensemble = cls(there, tails, Tail((), days))
        surprises = [one.surprise for one in ensemble.tallies(scores, rows)]
        ensemble.total = Tail(tuple(episode_levels(np.array(surprises), HOUR / interval)), days)
        return ensemble

    def judge(self, frame: pd.DataFrame, rows: int) -> list[Tally]:
        """What is said of the newest `rows` rows of a frame that reaches back far enough for each detector."""
        return self.tallies(self.scores(frame, rows), rows)

    def scores(self, frame: pd.DataFrame, rows: int) -> dict[str, list[float]]:
        """What each detector says of the newest `rows` rows."""
        return {kind: one.score_newest(frame, rows).tolist() for kind, one in self.detectors.items()}

    def tallies(self, scores: Mapping[str, Sequence[float]], rows: int) -> list[Tally]:
        """What follows from the scores of so many rows."""
        return [self._tally({kind: column[row] for kind, column in scores.items()}) for row in range(rows)]

    def _tally(self, scores: Mapping[str, float]) -> Tally:
        votes = {kind: self._surprise(kind, score) for kind, score in scores.items()}
        young = timedelta(days=self.total.days) < GROWN_UP
        return Tally(decided(votes, young=young), votes, any(map(isfinite, scores.values())))

    def _surprise(self, kind: str, score: float) -> float:
        """A run of repeats is no rarer than it says itself: a short calibration may have met none by chance."""
        found = surprise(self.tails[kind], score)
        if kind not in OF_CHANCE:
            return found
        by_chance = score - log10(DAY / self.detectors[kind].interval)
        return min(found, max(by_chance, LEAST))

    def days_between(self, surprise: float) -> float:
        """Once in how many days an episode came that was so surprising; 0 below all episodes that were counted."""
        counted = self.total.scores
        return self.total.days_between(surprise) if counted and surprise >= counted[0] else 0.0

    @property
    def memory(self) -> timedelta:
        """How much history before the newest rows the detectors need."""
        return max(one.memory for one in self.detectors.values())

    def dump(self) -> dict[str, Any]:
        """The calibration as plain data; the detectors are stored as artifacts."""
        return {"tails": {kind: tail.dump() for kind, tail in self.tails.items()}, "total": self.total.dump()}

    @classmethod
    def load(cls, detectors: Mapping[str, Detector], document: Mapping[str, Any]) -> Ensemble:
        tails = {kind: Tail.load(tail) for kind, tail in document["tails"].items()}
        return cls(detectors, tails, Tail.load(document["total"]))


def decided(votes: Mapping[str, float], *, young: bool) -> float:
    """The surprise that follows from the votes; what was learnt on little is averaged with the sudden step."""
    if "learned" not in votes:
        return max(votes.values(), default=LEAST)
    learned, rules = votes["learned"], {kind: vote for kind, vote in votes.items() if kind in RULES_MUST_BE}
    if young:
        learned = (learned + votes.get("one_step", learned)) / 2
    return max([learned, *(vote - RULES_MUST_BE[kind] for kind, vote in rules.items())])


def fitted(kind: str, target: str, frame: pd.DataFrame, settings: Mapping[str, Any]) -> Detector | None:
    """A fitted detector; None where the history is too short for it, or has no others to compare with."""
    from detection.detectors import create
    from detection.timeseries.grid import NotEnoughDataError

    try:
        return create(kind, target, **settings).fit(frame)
    except NotEnoughDataError:
        if kind == ESSENTIAL:
            raise
        return None


def surprise(tail: Tail, score: float) -> float:
    """log10 of the days between scores as high: 0 for what is seen daily, LEAST for what is not known."""
    days = tail.days_between(score)
    return log10(days) if days > 0 else LEAST
