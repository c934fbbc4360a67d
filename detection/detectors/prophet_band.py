"""What this hour, weekday and season usually bring, with a band that keeps its promise."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import numpy as np
import pandas as pd

from detection.calibration.aci import GAMMA_AHEAD, AdaptiveQuantile
from detection.detectors.base import Detector
from detection.detectors.estimators.prophet_curve import Curve, fit_curve, thinned
from detection.timeseries.grid import HOUR, Floats, Grid, check_frame
from detection.timeseries.robust import mad, trailing_deviation
from detection.timeseries.scale import Scale
from detection.timeseries.wall_time import wall_time

MEMORY = timedelta(days=28)
BAND_WINDOW = timedelta(days=75)  # long enough to have seen weather as bad as what comes
FLOOR_SHARE = 0.25  # of the history's residual spread
# What is aimed at. Misses come in runs: the outermost are aimed a little farther out, so that single weeks hold too.
BAND = {"q025": 0.02, "q10": 0.1, "q25": 0.25, "expected": 0.5, "q75": 0.75, "q90": 0.9, "q975": 0.98}


class ProphetBand(Detector):
    """Prophet on the log scale in wall time; its residuals are scored against those of 28 days.

    `band(at)` gives the expected value and calibrated quantiles for any times.
    """

    kind = "prophet_band"
    memory: ClassVar[timedelta] = 2 * MEMORY

    def _fit(self, grid: Grid) -> None:
        values = self._target(grid)
        self.scale = Scale.of(values)
        scaled = self.scale.forward(values)
        local = wall_time(grid.times(), self.zone)
        self.curve: Curve = self._fitted(local, scaled, grid.steps(HOUR))
        residuals = scaled - self.curve.at(local)
        self.floor = FLOOR_SHARE * mad(residuals) + np.finfo(float).eps
        self._calibrate(residuals[-2 * grid.steps(BAND_WINDOW) :])

    def _score(self, grid: Grid, first: int) -> Floats:
        return np.abs(trailing_deviation(self._residuals(grid), grid.steps(MEMORY), self.floor)[1])[first:]

    def band(self, at: pd.DatetimeIndex) -> pd.DataFrame:
        """Expected value and quantiles (the columns are the keys of BAND) in the variable's unit."""
        check_frame(pd.DataFrame(index=at))
        curve = self.curve.at(wall_time(at, self.zone))
        columns = {name: self.scale.back(curve + offset) for name, offset in self.offsets.items()}
        return pd.DataFrame(columns, index=at)

    def _fitted(self, local: pd.DatetimeIndex, scaled: Floats, step: int) -> Curve:
        """On the medians of each `step` values: a daily shape needs no history finer than hourly."""
        local, scaled = local[::step], _medians(scaled, step)
        known = np.flatnonzero(np.isfinite(scaled))
        rows = thinned(known)
        return fit_curve(local[rows], scaled[rows], self.zone, self.seed, each=len(known) / max(len(rows), 1))

    def _residuals(self, grid: Grid) -> Floats:
        scaled = self.scale.forward(self._target(grid))
        return scaled - self.curve.at(wall_time(grid.times(), self.zone))

    def _calibrate(self, residuals: Floats) -> None:
        """Run the adaptive quantiles over the residuals and keep where they stand."""
        window = round(BAND_WINDOW / self.interval)
        found = []
        for level in BAND.values():
            tracker = AdaptiveQuantile(level, window, GAMMA_AHEAD)
            for residual in residuals:
                tracker.update(float(residual))
            found.append(tracker.value())
        self.offsets = dict(zip(BAND, np.sort(found), strict=True))


def _medians(values: Floats, step: int) -> Floats:
    """The median of each `step` consecutive values; NaN where none is known."""
    if step == 1:
        return values
    padded = np.append(values, np.full(-len(values) % step, np.nan)).reshape(-1, step)
    known = ~np.isnan(padded).all(axis=1)
    thin = np.full(len(padded), np.nan)
    thin[known] = np.nanmedian(padded[known], axis=1)
    return thin
