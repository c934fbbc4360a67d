"""The protocol: learn on a year, set the threshold on half a clean year, count on the half year after it.

DESIGN of the count: a detection is an alarm inside an event; a false alarm is an alarm episode outside. The
threshold is fixed before the test for so many false alarms a week; natural episodes in the test are normal.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detection.calibration.threshold import threshold_for
from detection.detectors.grid import Grid
from detection.detectors.injection import Event, Plan, inject
from detection.evaluation.matching import Found, match
from detection.evaluation.vus import vus_pr

Floats = NDArray[np.float64]

TRAIN, CALIBRATE, TEST = timedelta(days=365), timedelta(days=182), timedelta(days=182)
LEAD_IN = timedelta(days=65)  # before a period, so that the windows are full
RATES = (0.25, 1.0)  # false alarms a week
EVENTS = 17


class Scorer(Protocol):
    """What the protocol runs: every detector, and whatever else has these two methods."""

    def fit(self, frame: pd.DataFrame) -> Self: ...

    def score(self, frame: pd.DataFrame) -> Floats: ...


@dataclass(frozen=True)
class Split:
    """Three consecutive periods: [start, calibrate), [calibrate, test), [test, end)."""

    start: pd.Timestamp
    calibrate: pd.Timestamp
    test: pd.Timestamp
    end: pd.Timestamp


@dataclass(frozen=True)
class Outcome:
    """One scorer on one split with one set of injected events."""

    found: dict[float, Found]  # by false alarms a week
    thresholds: dict[float, float]
    vus_pr: float
    best_f1: float
    fit_seconds: float
    score_seconds: float
    rows: int


def splits(index: pd.DatetimeIndex, count: int) -> list[Split]:
    """So many overlapping splits over a history; a history too short is split in the same proportions."""
    first, last = index[0], index[-1]
    whole = pd.Timedelta(TRAIN + CALIBRATE + TEST)
    shrink = min(1.0, float((last - first) / whole))
    spare = (last - first) - whole * shrink
    starts = [first + spare * (k / max(count - 1, 1)) for k in range(count if spare > timedelta(0) else 1)]
    return [Split(s, s + TRAIN * shrink, s + (TRAIN + CALIBRATE) * shrink, s + whole * shrink) for s in starts]


def regular(frame: pd.DataFrame, interval: timedelta) -> pd.DataFrame:
    """The frame on consecutive intervals, NaN where nothing was read."""
    grid = Grid.of(frame, interval)
    return pd.DataFrame(grid.values, index=grid.times().rename("at"))


def spoil(
    frame: pd.DataFrame, target: str, since: pd.Timestamp, count: int, seed: int
) -> tuple[pd.DataFrame, list[Event]]:
    """A copy of a regular frame with events in the target from `since` on; their places count from there."""
    interval = frame.index[1] - frame.index[0]
    first = int(frame.index.searchsorted(since))
    plan = Plan(within=(first, len(frame)), per_hour=timedelta(hours=1) / interval)
    values, events = inject(frame[target].to_numpy(np.float64), count, seed, plan)
    moved = [Event(event.kind, event.start - first, event.end - first) for event in events]
    return frame.assign(**{target: values}), moved


class Trial:
    """A scorer fitted and calibrated on one split of a regular frame, ready for any number of tests."""

    def __init__(self, make: Callable[[], Scorer], frame: pd.DataFrame, target: str, split: Split) -> None:
        self.frame, self.target, self.split = frame, target, split
        self.per_hour = timedelta(hours=1) / (frame.index[1] - frame.index[0])
        began = time.perf_counter()
        self.scorer = make().fit(_between(frame, split.start, split.calibrate))
        self.fit_seconds = time.perf_counter() - began
        clean = self._scores(frame, split.calibrate, split.test)
        self.thresholds = {rate: threshold_for(clean, rate, self.per_hour) for rate in RATES}

    def test(self, count: int, seed: int) -> Outcome:
        """Put events into the test period and count."""
        part = _between(self.frame, self.split.test - LEAD_IN, self.split.end)
        spoilt, events = spoil(part, self.target, self.split.test, count, seed)
        return self.judge(spoilt, events)

    def judge(self, spoilt: pd.DataFrame, events: list[Event]) -> Outcome:
        """Count on a test period with known events (their places count from the beginning of the test)."""
        began = time.perf_counter()
        scores = self._scores(spoilt, self.split.test, self.split.end)
        seconds = time.perf_counter() - began
        filled = np.where(np.isnan(scores), -np.inf, scores)
        found = {rate: match(filled >= t, events, per_hour=self.per_hour) for rate, t in self.thresholds.items()}
        return Outcome(
            found=found,
            thresholds=self.thresholds,
            vus_pr=vus_pr(scores, events, per_hour=self.per_hour),
            best_f1=self._best_f1(filled, events),
            fit_seconds=self.fit_seconds,
            score_seconds=seconds,
            rows=len(spoilt),
        )

    def _scores(self, frame: pd.DataFrame, since: pd.Timestamp, until: pd.Timestamp) -> Floats:
        part = _between(frame, since - LEAD_IN, until)
        scores = self.scorer.score(part)
        scores = np.where(np.isnan(part[self.target]), np.nan, scores)
        return scores[int(part.index.searchsorted(since)) :]

    def _best_f1(self, filled: Floats, events: list[Event]) -> float:
        known = filled[np.isfinite(filled)]
        levels = np.quantile(known, np.linspace(0.8, 0.9999, 120)) if len(known) else []
        return max((match(filled >= level, events, per_hour=self.per_hour).f1 for level in levels), default=0.0)


def _between(frame: pd.DataFrame, since: pd.Timestamp, until: pd.Timestamp) -> pd.DataFrame:
    index = frame.index
    return frame.iloc[int(index.searchsorted(since)) : int(index.searchsorted(until))]
