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

from detection.calibration.threshold import HOURS_A_WEEK, episodes, threshold_for
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
        self._place(frame, target, split)
        began = time.perf_counter()
        self.scorer = make().fit(between(frame, split.start, split.calibrate))
        self.fit_seconds = time.perf_counter() - began
        clean = self._score(frame, split.calibrate, split.test)
        self.thresholds = {rate: threshold_for(clean, rate, self.per_hour) for rate in RATES}
        self.clean_scores = self.scores(frame)

    def _place(self, frame: pd.DataFrame, target: str, split: Split) -> None:
        self.frame, self.target, self.split = frame, target, split
        self.interval: timedelta = (frame.index[1] - frame.index[0]).to_pytimedelta()
        self.per_hour = timedelta(hours=1) / self.interval

    def test(self, count: int, seed: int) -> Outcome:
        """Put events into the test period and count."""
        part = between(self.frame, self.split.test, self.split.end)
        spoilt, events = spoil(part, self.target, self.split.test, count, seed)
        return self.judge(pd.concat([self.frame.loc[: self.split.test - self.interval], spoilt]), events)

    def judge(self, frame: pd.DataFrame, events: list[Event]) -> Outcome:
        """Count on a frame with known events in the test (their places count from its beginning)."""
        began = time.perf_counter()
        scores = self.scores(frame)
        seconds = time.perf_counter() - began
        filled = np.where(np.isnan(scores), -np.inf, scores)
        self._judged = filled, events
        return Outcome(
            found={rate: self._match(filled, events, at) for rate, at in self.thresholds.items()},
            thresholds=self.thresholds,
            vus_pr=vus_pr(scores, events, per_hour=self.per_hour),
            best_f1=self._best_f1(filled, events),
            fit_seconds=self.fit_seconds,
            score_seconds=seconds,
            rows=len(scores),
        )

    def found_at(self, threshold: float) -> Found:
        """The last test counted at any other threshold."""
        filled, events = self._judged
        return self._match(filled, events, threshold)

    def realised(self, rate: float) -> float:
        """Alarm episodes per week in the test months without any event, at the threshold fixed for a rate."""
        alarms = np.where(np.isnan(self.clean_scores), -np.inf, self.clean_scores) >= self.thresholds[rate]
        weeks = max(len(alarms) / self.per_hour / HOURS_A_WEEK, np.finfo(float).eps)
        return float(episodes(alarms, self.per_hour) / weeks)

    def clean_test(self) -> pd.Series[float]:
        """The target in the test months, without events."""
        return between(self.frame, self.split.test, self.split.end)[self.target]

    def scores(self, frame: pd.DataFrame) -> Floats:
        """The scores of the test period of a frame; NaN where the target is missing."""
        return self._score(frame, self.split.test, self.split.end)

    def _score(self, frame: pd.DataFrame, since: pd.Timestamp, until: pd.Timestamp) -> Floats:
        part = between(frame, since - LEAD_IN, until)
        scores = np.where(np.isnan(part[self.target]), np.nan, self.scorer.score(part))
        return scores[int(part.index.searchsorted(since)) :]

    def _match(self, filled: Floats, events: list[Event], threshold: float) -> Found:
        return match(filled >= threshold, events, per_hour=self.per_hour)

    def _best_f1(self, filled: Floats, events: list[Event]) -> float:
        known = filled[np.isfinite(filled)]
        levels = np.quantile(known, np.linspace(0.8, 0.9999, 120)) if len(known) else []
        return max((self._match(filled, events, level).f1 for level in levels), default=0.0)


def between(frame: pd.DataFrame, since: pd.Timestamp, until: pd.Timestamp) -> pd.DataFrame:
    """The rows with since ≤ at < until."""
    index = frame.index
    return frame.iloc[int(index.searchsorted(since)) : int(index.searchsorted(until))]
