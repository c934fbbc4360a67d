"""How a scorer is tested: it learns on a year, its threshold is set on the next half year, it is judged on another.

The threshold is the lowest that gives no more than so many false alarms a week on the second period, which is left as
it was read; it stays fixed from there on. Labelled events are then put into the third. An alarm inside an event finds
it; alarms outside, counted in episodes (`matching`), are false, also where the air itself was unusual: nobody has
labelled that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, Self

import numpy as np
import pandas as pd

from detection.calibration.days import KnownDays, weeks_known
from detection.calibration.threshold import threshold_for
from detection.evaluation.matching import GRACE, Found, match, together
from detection.evaluation.vus import vus_pr
from detection.timeseries.grid import Floats, Grid, NotEnoughDataError
from detection.timeseries.injection import Event, Plan, inject

DAY = timedelta(days=1)
TRAIN, CALIBRATE, TEST = timedelta(days=365), timedelta(days=182), timedelta(days=182)
LEAD_IN = timedelta(days=65)  # before a period, so that the windows are full
RATES = (0.25, 1.0)  # false alarms a week
MOST_ROUNDS = 20
LEVELS, MOST_ALARMED = 120, 0.2  # thresholds that are tried in hindsight, and the share of rows above the lowest


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
    """One scorer on the test of one split, with one set of events. `per_hour` is how many readings an hour has."""

    scores: Floats
    events: list[Event]
    per_hour: float
    found: dict[float, Found]  # by false alarms a week
    thresholds: dict[float, float]
    vus_pr: float
    fit_seconds: float
    score_seconds: float

    def found_at(self, threshold: float) -> Found:
        """The same test counted at any other threshold."""
        return found(self.scores, self.events, threshold, self.per_hour)


def found(scores: Floats, events: list[Event], threshold: float, per_hour: float) -> Found:
    """What is found where scores from a threshold on are alarms; where there is no score, nothing was watched."""
    alarms = np.where(np.isnan(scores), -np.inf, scores) >= threshold
    return match(alarms, events, per_hour=per_hour, weeks=weeks_known(scores, per_hour))


def best_found(rounds: Sequence[Outcome]) -> Found:
    """What the tests of one trial find at the one threshold that is best for all of them together, in hindsight.

    Tried are those fixed beforehand and many more, dense among the highest scores, where few rows decide.
    """
    scores = np.concatenate([one.scores for one in rounds])
    known = np.sort(scores[np.isfinite(scores)])[::-1]
    ranks = np.geomspace(1, max(MOST_ALARMED * len(known), 1), LEVELS).astype(int) - 1
    levels = [np.inf, *rounds[0].thresholds.values(), *(known[np.unique(ranks)] if len(known) else [])]
    tried = [together([one.found_at(level) for one in rounds]) for level in levels]
    return max(tried, key=lambda one: one.f1)


def splits(known: pd.DatetimeIndex, count: int) -> list[Split]:
    """So many overlapping splits over the days with readings, the last of them the newest, oldest first.

    A history too short is split in the same proportions.
    """
    days = KnownDays(known)
    whole = (TRAIN + CALIBRATE + TEST) / DAY
    shrink = min(1.0, days.length / whole)
    spare = max(days.length - whole, 0.0)
    starts = [spare * (k / (count - 1)) for k in range(count)] if count > 1 and spare else [spare]
    lengths = np.cumsum([0, TRAIN / DAY, CALIBRATE / DAY, TEST / DAY]) * shrink
    return [Split(*(days.at(start + length) for length in lengths)) for start in starts]


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
        if not np.isfinite(clean).any():
            raise NotEnoughDataError(
                f"No reading from {split.calibrate:%Y-%m-%d} to {split.test:%Y-%m-%d} can be scored: "
                "too many are missing just before, or the interval is wrong."
            )
        self.thresholds = {rate: threshold_for(clean, rate, self.per_hour) for rate in RATES}
        self.clean_scores = self.scores(frame)

    def leave_out(self, labelled: list[Event]) -> None:
        """Take events that are in the series itself, and the grace after each, out of the months without events."""
        for event in labelled:
            inside = slice(event.start, event.end + round(GRACE * self.per_hour))
            self.clean_scores[inside] = np.nan
            self.labelled[inside] = True

    def _place(self, frame: pd.DataFrame, target: str, split: Split) -> None:
        self.frame, self.target, self.split = frame, target, split
        self.interval: timedelta = (frame.index[1] - frame.index[0]).to_pytimedelta()
        self.per_hour = timedelta(hours=1) / self.interval
        self.labelled = np.zeros(len(between(frame, split.test, split.end)), dtype=bool)

    def rounds(self, half_year: int, seed: int) -> list[Outcome]:
        """Tests with so many events per half year; a shorter test holds fewer and is repeated with others."""
        length = (self.split.end - self.split.test).to_pytimedelta()
        count = max(1, round(half_year * min(1.0, length / TEST)))
        times = min(MOST_ROUNDS, max(1, round(half_year / count)))
        return [self.test(count, seed + k) for k in range(times)]

    def test(self, count: int, seed: int) -> Outcome:
        """Put so many events into the test period, and judge."""
        part = between(self.frame, self.split.test, self.split.end)
        spoilt, events = spoil(part, self.target, self.split.test, count, seed)
        return self.judge(pd.concat([self.frame.loc[: self.split.test - self.interval], spoilt]), events)

    def judge(self, frame: pd.DataFrame, events: list[Event]) -> Outcome:
        """Score a frame and count what is found of its known events; their places count from the test's beginning."""
        began = time.perf_counter()
        scores = self.scores(frame)
        seconds = time.perf_counter() - began
        return Outcome(
            scores=scores,
            events=events,
            per_hour=self.per_hour,
            found={rate: found(scores, events, at, self.per_hour) for rate, at in self.thresholds.items()},
            thresholds=self.thresholds,
            vus_pr=vus_pr(scores, events, per_hour=self.per_hour),
            fit_seconds=self.fit_seconds,
            score_seconds=seconds,
        )

    def realised(self, rate: float) -> float:
        """Alarm episodes per week in the test months without any event, at the threshold fixed for a rate."""
        return found(self.clean_scores, [], self.thresholds[rate], self.per_hour).false_alarms_a_week

    def clean_test(self) -> pd.Series[float]:
        """The target in the test months, without events."""
        return between(self.frame, self.split.test, self.split.end)[self.target].mask(self.labelled)

    def scores(self, frame: pd.DataFrame) -> Floats:
        """The scores of the test period of a frame; NaN where the target is missing."""
        return self._score(frame, self.split.test, self.split.end)

    def _score(self, frame: pd.DataFrame, since: pd.Timestamp, until: pd.Timestamp) -> Floats:
        part = between(frame, since - LEAD_IN, until)
        scores = np.where(np.isnan(part[self.target]), np.nan, self.scorer.score(part))
        return scores[int(part.index.searchsorted(since)) :]


def between(frame: pd.DataFrame, since: pd.Timestamp, until: pd.Timestamp) -> pd.DataFrame:
    """The rows with since ≤ at < until."""
    index = frame.index
    return frame.iloc[int(index.searchsorted(since)) : int(index.searchsorted(until))]
