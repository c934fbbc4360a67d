"""All detectors of a series together, as the worker runs them (`detectors/ensemble.py`), tested as a single one is."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from detection.calibration.days import DAYS_A_WEEK, weeks_known
from detection.calibration.rate import DAYS_A_MONTH, alarms_kept
from detection.calibration.threshold import episodes
from detection.detectors.ensemble import USUAL, Ensemble
from detection.evaluation.protocol import RATES, Split, Trial, between
from detection.timeseries.grid import Floats

SYSTEM = "all together"  # what it is called beside the single detectors
SHORTEST = 1e-3  # days between readings that have no score or an everyday one


class EnsembleTrial(Trial):
    """All detectors together. They learn and calibrate on what lies before the test, as a training does."""

    def __init__(self, frame: pd.DataFrame, target: str, split: Split, zone: str) -> None:
        self._place(frame, target, split)
        began = time.perf_counter()
        history = between(frame, split.start, split.test)
        self.ensemble = Ensemble.fit(history, target, USUAL, self.interval, zone)
        self.fit_seconds = time.perf_counter() - began
        self.thresholds = {rate: self.ensemble.total.score_for(DAYS_A_WEEK / rate) for rate in RATES}
        self.clean_scores = self.scores(frame)

    def scores(self, frame: pd.DataFrame) -> Floats:
        """How rare each reading of the test is, log10 of days."""
        part = between(frame, self.split.test - self.ensemble.memory, self.split.end)
        rows = len(part) - int(part.index.searchsorted(self.split.test))
        surprise = np.array([one.surprise for one in self.ensemble.judge(part, rows)])
        return np.where(np.isnan(part[self.target].to_numpy()[-rows:]), np.nan, surprise)

    def rarity(self) -> Floats:
        """log10 of the days between readings as unusual, for each reading of the test without events."""
        return np.log10([max(self.ensemble.days_between(score), SHORTEST) for score in self.clean_scores])

    def held(self, rate: float) -> float:
        """Alarm episodes a week in the test without events, where the threshold follows its alarms, as in the service.

        Each raises it, quiet days lower it (`detection/calibration/rate.py`). `rate` is what is asked for, a week.
        """
        alarms = alarms_kept(self.rarity(), rate * DAYS_A_MONTH / DAYS_A_WEEK, self.per_hour)
        return episodes(alarms, self.per_hour) / weeks_known(self.clean_scores, self.per_hour)
