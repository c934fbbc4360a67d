"""How good is an expected band of 95 %: how many readings lie inside it, also in its worst week, and how wide it is.

Judged are the one-step band, Prophet's calibrated band as issued one and three days ahead, and Prophet as it comes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detection.calibration.aci import GAMMA_AHEAD, issued_quantiles
from detection.detectors.estimators.usual_error import usual_error
from detection.detectors.one_step import OneStep
from detection.detectors.prophet_band import BAND, BAND_WINDOW, ProphetBand
from detection.evaluation.baselines import RawProphet
from detection.timeseries.grid import Floats, Grid
from detection.timeseries.wall_time import wall_time

LEVEL = 0.95
TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
WINDOW = timedelta(days=28)
WEEK = timedelta(days=7)
FEWEST_IN_WEEK = 24
LEAST_ROUNDED = 0.1  # errors in ppm or in g/m³ lie below, and are no zeros


@dataclass(frozen=True)
class BandQuality:
    """What a 95 % band was worth on rows that it was not fitted on. Coverages are shares, 0.95 is what was promised.

    `width` is the mean, `winkler` the same with a fine for each miss (lower is better), both in the variable's unit.
    """

    band: str
    coverage: float
    worst_week: float
    winkler: float
    width: float

    def as_row(self) -> dict[str, float | str | None]:
        """Plain numbers, rounded; None where nothing was known."""
        return {name: rounded(value) for name, value in asdict(self).items()}


def rounded(value: Any) -> Any:
    """Four decimals, of small numbers four digits; None for what is no number, so that JSON stays JSON."""
    if not isinstance(value, float):
        return value
    if not isfinite(value):
        return None
    return round(value, 4) if abs(value) >= LEAST_ROUNDED else float(f"{value:.4g}")


def quality(name: str, values: Floats, lower: Floats, upper: Floats, per_week: int) -> BandQuality:
    """Coverage, that of the worst week, mean Winkler score and mean width over the rows where all is known."""
    known = np.isfinite(values) & np.isfinite(lower) & np.isfinite(upper)
    values, lower, upper = values[known], lower[known], upper[known]
    inside = (values >= lower) & (values <= upper)
    weeks = [inside[i : i + per_week] for i in range(0, len(inside), per_week)]
    shares = [float(week.mean()) for week in weeks if len(week) >= min(FEWEST_IN_WEEK, per_week)]
    scores = winkler(values, lower, upper)
    return BandQuality(name, _mean(inside), min(shares, default=_mean(inside)), _mean(scores), _mean(upper - lower))


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def winkler(values: Floats, lower: Floats, upper: Floats) -> Floats:
    """Width plus 2 / alpha times the distance by which a value lies outside (Winkler 1972). Lower is better."""
    outside = np.maximum(lower - values, 0.0) + np.maximum(values - upper, 0.0)
    return np.asarray(upper - lower + 2 / (1 - LEVEL) * outside)


def evaluate_bands(
    frame: pd.DataFrame, target: str, interval: timedelta, zone: str, test: pd.Timestamp
) -> list[BandQuality]:
    """All bands fitted on what lies before `test` and judged on what follows."""
    older = frame.loc[: test - interval]
    grid = Grid.of(frame, interval)
    prophet = ProphetBand(target, interval=interval, zone=zone).fit(older)
    bands = {"one_step": one_step_band(OneStep(target, interval=interval, zone=zone).fit(older), grid)}
    for hours in (24, 72):
        bands[f"prophet_band_{hours}h"] = _ahead(prophet, grid, grid.steps(timedelta(hours=hours)))
    bands["prophet_raw"] = RawProphet(target, interval, zone).fit(older).band(grid)
    first, per_week = int(grid.times().searchsorted(test)), grid.steps(WEEK)
    values = grid.values[target][first:]
    return [quality(name, values, lower[first:], upper[first:], per_week) for name, (lower, upper) in bands.items()]


def one_step_band(detector: OneStep, grid: Grid) -> tuple[Floats, Floats]:
    """Lower and upper 95 % bound issued for each reading one interval before it, in the variable's unit."""
    errors = detector.errors(grid)
    scaled = detector.scale.forward(grid.values[detector.target])
    size = usual_error(errors, grid, detector.smallest)
    low, high = (issued_quantiles(errors / size, tail, grid.steps(WINDOW)) for tail in TAILS)
    expected = scaled - errors
    return detector.scale.back(expected + low * size), detector.scale.back(expected + high * size)


def _ahead(prophet: ProphetBand, grid: Grid, delay: int) -> tuple[Floats, Floats]:
    """Prophet's band issued `delay` intervals before each reading."""
    curve = prophet.curve.at(wall_time(grid.times(), prophet.zone))
    residuals = prophet.scale.forward(grid.values[prophet.target]) - curve
    window, tails = grid.steps(BAND_WINDOW), (BAND["q025"], BAND["q975"])
    low, high = (curve + issued_quantiles(residuals, tail, window, delay, GAMMA_AHEAD) for tail in tails)
    return prophet.scale.back(low), prophet.scale.back(high)
